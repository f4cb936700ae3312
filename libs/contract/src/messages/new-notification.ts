import * as v from 'valibot';
import { JobIdSchema } from '../jobs/job-id.js';
import { JobTitleSchema } from '../jobs/job-text.js';
import { NOTIFICATION_LEVELS } from './notification.js';

/**
 * What to tell one person or everybody. With an `id` it may be said again: it is shown once. A message is 1–2,000
 * characters, line breaks among them.
 *
 * @example v.parse(NewNotificationSchema, { message: 'The export is ready.', level: 'success' });
 */
export const NewNotificationSchema = v.object({
  id: v.optional(
    v.pipe(
      v.string('An id is a string.'),
      v.check((id) => v.is(JobIdSchema, id), 'An id has the characters of a job id.'),
    ),
  ),
  title: v.optional(JobTitleSchema),
  message: v.pipe(
    v.string('A message is a string.'),
    v.trim(),
    v.minLength(1, 'A message is not empty.'),
    v.maxLength(2000, 'A message is at most 2000 characters.'),
    v.regex(/^(?:[^\p{C}\p{Zl}\p{Zp}]|[\n\t\u200d])*$/u, 'A message has printable characters and line breaks only.'),
  ),
  level: v.optional(v.picklist(NOTIFICATION_LEVELS, `A level is one of: ${NOTIFICATION_LEVELS.join(', ')}.`), 'info'),
});

/** See {@link NewNotificationSchema}. */
export type NewNotification = Readonly<v.InferInput<typeof NewNotificationSchema>>;
