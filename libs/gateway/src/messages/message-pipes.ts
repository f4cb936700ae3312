import { NewNotificationSchema, UserIdSchema } from '@harmonia/contract';
import * as v from 'valibot';
import { ParsePipe } from '../http/parse-pipe.js';

const NamedUserSchema = v.object({ id: UserIdSchema });

/** The parameters of a route that names a user. */
export type NamedUser = v.InferOutput<typeof NamedUserSchema>;

/** Use as `@Param(namedUser) { id }: NamedUser`. */
export const namedUser = new ParsePipe(NamedUserSchema);

/** Use as `@Body(newNotification) notification: NewNotification`. */
export const newNotification = new ParsePipe(NewNotificationSchema);
