import * as v from 'valibot';

const printable = (what: string, most: number) =>
  v.pipe(
    v.string(`${what} is a string.`),
    v.trim(),
    v.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, `${what} has printable characters only.`),
    v.minLength(1, `${what} is not empty.`),
    v.maxLength(most, `${what} is at most ${most} characters.`),
  );

/** What a person reads as the name of a job: 1–200 printable characters. */
export const JobTitleSchema = printable('A title', 200);

/** One label of a job, to filter by: 1–50 printable characters. */
export const JobTagSchema = printable('A tag', 50);

/** At most ten different tags. */
export const JobTagsSchema = v.pipe(
  v.array(JobTagSchema, 'Tags are a list of strings.'),
  v.transform((tags) => [...new Set(tags)]),
  v.maxLength(10, 'A job has at most 10 tags.'),
);
