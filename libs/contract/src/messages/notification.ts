import * as v from 'valibot';

/** How a notification is meant, and coloured. */
export const NOTIFICATION_LEVELS = ['info', 'success', 'warning', 'error'] as const;

/** See {@link NOTIFICATION_LEVELS}. */
export type NotificationLevel = (typeof NOTIFICATION_LEVELS)[number];

/**
 * `notification`, to one person, and `announcement`, to everybody [M2]: whoever has seen the `id` drops it. `at` is ISO
 * 8601, for display; `title` is null when the message says it all.
 */
export const NotificationSchema = v.object({
  id: v.string(),
  title: v.nullable(v.string()),
  message: v.string(),
  level: v.picklist(NOTIFICATION_LEVELS),
  at: v.pipe(v.string(), v.isoTimestamp()),
});

/** See {@link NotificationSchema}. */
export type Notification = Readonly<v.InferOutput<typeof NotificationSchema>>;
