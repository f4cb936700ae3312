/**
 * A count or a rate as people read it: one digit after the point below 10, none above.
 *
 * @example counted(1234.5); // '1,235'
 */
export function counted(number: number): string {
  return number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 });
}
