import type { Notification } from '@harmonia/contract';

/** What somebody was told to read [M2]: as a `notification`, to them alone, or an `announcement`, to everybody. */
export interface ReceivedNotification extends Notification {
  readonly audience: 'notification' | 'announcement';
}
