const BEGIN = '<!-- bench: written by npm run bench -->';
const END = '<!-- /bench -->';

/**
 * The README with this table between its two markers.
 *
 * @throws Error when the markers are not there
 */
export function quotedIn(readme: string, table: string): string {
  const { before, after } = around(readme);
  return `${before}${BEGIN}\n\n${table.trim()}\n\n${END}${after}`;
}

/** The table that the README quotes. */
export function quoteOf(readme: string): string {
  return around(readme).quote.trim();
}

function around(readme: string): { before: string; quote: string; after: string } {
  const [before, rest] = readme.split(BEGIN);
  const [quote, after] = (rest ?? '').split(END);
  if (before === undefined || quote === undefined || after === undefined)
    throw new Error(`README.md wants the markers ${BEGIN} and ${END}.`);
  return { before, quote, after };
}
