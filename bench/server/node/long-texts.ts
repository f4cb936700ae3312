/** Longer than any event, shorter than a list. */
const LONG = 50_000;

let count = 0;
const { stringify } = JSON;

/**
 * How many long texts of JSON this process has made since it was asked last: how often a list was encoded, whoever did it.
 * Counting begins with the first question.
 */
export function longTexts(): number {
  const counted = count;
  count = 0;
  JSON.stringify = (...args: unknown[]) => {
    // passed on as it came: the overloads of JSON.stringify cannot be named together
    const text = stringify(...(args as Parameters<typeof stringify>));
    if (text?.length > LONG) count++;
    return text;
  };
  return counted;
}
