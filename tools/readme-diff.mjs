// The quick start of the README is a diff of two bare apps; this reads it, and applies it to them.

/** The `diff` blocks of a Markdown text, each as `{ file, lines }[]`: what `@@ file @@` stands above. */
export function diffsIn(markdown) {
  return [...markdown.matchAll(/^```diff\n(.*?)^```$/gms)].map(([, block]) =>
    block
      .split(/^@@ (.+) @@\n/m)
      .slice(1)
      .reduce(
        (files, text, at, parts) => (at % 2 === 1 ? [...files, { file: parts[at - 1], lines: text.trimEnd().split('\n') }] : files),
        [],
      ),
  );
}

/** How many lines a diff adds, a changed line too. */
export const addedLines = (diff) => diff.flatMap(({ lines }) => lines).filter((line) => line.startsWith('+')).length;

/**
 * The text of a file after its part of a diff. An empty line of the diff stands for whatever the file has there: what is added
 * before it follows the line before, what is added after it stands above the line after.
 *
 * @throws Error when a line that should be there is not
 */
export function patched(text, { file, lines }) {
  const rest = text.split('\n');
  const done = [];
  const added = [];
  for (const line of lines) {
    const [mark, content] = [line[0], line.slice(1)];
    if (mark === '+') added.push(content);
    else {
      if (mark !== undefined) done.push(...rest.splice(0, placeOf(content, rest, file)));
      done.push(...added.splice(0));
      if (mark === ' ') done.push(content);
      if (mark !== undefined) rest.shift();
    }
  }
  return [...done, ...added, ...rest].join('\n');
}

function placeOf(content, rest, file) {
  const at = rest.indexOf(content);
  if (at < 0) throw new Error(`The diff of the README does not fit ${file}: there is no line "${content}" where it should be.`);
  return at;
}
