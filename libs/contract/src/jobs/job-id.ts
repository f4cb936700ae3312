import * as v from 'valibot';

/**
 * A job's id [R8]: 1–128 of `A-Z a-z 0-9 _ . -`, the first a letter or digit, and no name of `Object.prototype`, so that
 * it is safe as a dictionary key, a room name and a path segment. Case matters: `a` and `A` are two jobs, so whoever names
 * files by ids keeps them apart on disks that ignore case.
 *
 * @example v.is(JobIdSchema, 'invoice-2026.11'); // true; 'constructor', '../x' and '' are refused
 */
export const JobIdSchema = v.pipe(
  v.string('A job id is a string.'),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, 'A job id is 1–128 letters, digits, "_", "." or "-", and starts with a letter or digit.'),
  v.check((id) => !(id in Object.prototype), 'A job id is no name of Object.prototype: choose another.'),
);

/** A user's id [R8]: 1–256 printable characters; whoever puts one into a room name or a key encodes it. */
export const UserIdSchema = v.pipe(
  v.string('A user id is a string.'),
  v.regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u, 'A user id is 1–256 printable characters.'),
);

/** The name of a kind of job, as in `@JobHandler('pdf-notes')`: the same characters as a job id, at most 64. */
export const JobTypeSchema = v.pipe(
  v.string('A job type is a string.'),
  v.check((type) => type.length <= 64 && v.is(JobIdSchema, type), 'A job type is 1–64 characters, and those of a job id.'),
);
