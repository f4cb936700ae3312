import {
  AuthenticatedSchema,
  JobViewersSchema,
  NotificationSchema,
  PresenceFrameSchema,
  SessionExpiringSchema,
  type Authenticated,
  type JobViewers,
  type PresenceFrame,
} from '@harmonia/contract';
import type { JobNews, WireFrame } from '../jobs/job-frame';
import { frameOf, JOB_EVENT_NAMES, newsOf } from '../jobs/job-news';
import { ownEvent, type OwnEvent } from '../messages/own-event';
import type { ReceivedNotification } from '../messages/received-notification';
import { understood } from './understood';

/**
 * What one connection says while it lasts; `expiring`: the session ends soon
 * [S6]; `gap`: jobs changed, and it is not known which [E4, L2].
 */
export type SocketMessage =
  | { readonly kind: 'authenticated'; readonly session: Authenticated }
  | { readonly kind: 'expiring' }
  | { readonly kind: 'news'; readonly news: JobNews }
  | { readonly kind: 'frame'; readonly frame: WireFrame }
  | { readonly kind: 'gap' }
  | { readonly kind: 'viewers'; readonly viewers: JobViewers }
  | { readonly kind: 'online'; readonly frame: PresenceFrame }
  | { readonly kind: 'notification'; readonly notification: ReceivedNotification }
  | { readonly kind: 'own'; readonly event: OwnEvent };

/** Reads an event as it comes off the wire; throws, or rejects, when it is not what the contract says. */
type ReadEvent = (payload: unknown) => SocketMessage | Promise<SocketMessage>;

/** Everything that a gateway tells of its own, by name. */
export const EVENT_READERS: Readonly<Record<string, ReadEvent>> = {
  authenticated: (payload) => ({ kind: 'authenticated', session: understood(AuthenticatedSchema, payload) }),
  'session:expiring': (payload) => {
    understood(SessionExpiringSchema, payload);
    return { kind: 'expiring' };
  },
  ...Object.fromEntries(
    JOB_EVENT_NAMES.map((name): [string, ReadEvent] => [name, (payload) => ({ kind: 'news', news: newsOf(name, payload) })]),
  ),
  'jobs:frame': (payload) => {
    const frame = frameOf(payload);
    // a promise, of whichever zone or realm
    return 'then' in frame ? frame.then(framed) : framed(frame);
  },
  'job:viewers': (payload) => ({ kind: 'viewers', viewers: understood(JobViewersSchema, payload) }),
  'presence:frame': (payload) => ({ kind: 'online', frame: understood(PresenceFrameSchema, payload) }),
  notification: (payload) => received(payload, 'notification'),
  announcement: (payload) => received(payload, 'announcement'),
};

/** Reads what is none of {@link EVENT_READERS}; null where it is no event of the application's own [M1]. */
export function readOwn(name: string, payload: unknown): SocketMessage | null {
  const event = ownEvent(name, payload);
  return event && { kind: 'own', event };
}

const framed = (frame: WireFrame): SocketMessage => ({ kind: 'frame', frame });

const received = (payload: unknown, audience: ReceivedNotification['audience']): SocketMessage => ({
  kind: 'notification',
  notification: { ...understood(NotificationSchema, payload), audience },
});
