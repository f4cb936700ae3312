import {
  NewNotificationSchema,
  parseOrRefuse,
  UserIdSchema,
  type NewNotification,
  type Notification,
  type UserEventName,
  type UserEvents,
} from '@harmonia/contract';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { NodeBus } from '../nodes/node-bus.js';
import { LocalUsers } from '../presence/local-users.js';
import { Roster } from '../presence/roster.js';
import { isOwnEvent, refuseTakenEvent } from './event-name.js';
import { messagePayload, MessagePayloadSchema } from './message-payload.js';

const TOPIC = 'messages';

/** What nodes pass on to each other; to nobody in particular: to everybody. */
const PassedOnSchema = v.object({
  to: v.nullable(v.string()),
  event: v.pipe(
    v.string(),
    v.check((name) => isOwnEvent(name) || name === 'notification' || name === 'announcement'),
  ),
  payload: MessagePayloadSchema,
});

type PassedOn = v.InferOutput<typeof PassedOnSchema>;

/**
 * Tells people something at once, on whichever nodes they are connected [M1–M3]: events of the application's own, declared
 * in `UserEvents`, notifications and announcements. Each connection that is there is told at most once, and nothing is kept
 * for whoever comes later: what must not be lost is a job.
 *
 * @example
 * declare module '@harmonia/contract' {
 *   interface UserEvents { 'analysis:completed': { interviewId: string; message: string } }
 * }
 * const wasThere = await messages.emitToUser(userId, 'analysis:completed', { interviewId, message: 'Done.' });
 */
@Injectable()
export class UserMessages implements OnModuleInit {
  constructor(
    private readonly users: LocalUsers,
    private readonly roster: Roster,
    private readonly bus: NodeBus,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(TOPIC, (message) => {
      const passedOn = v.safeParse(PassedOnSchema, message);
      if (passedOn.success) this.tellHere(passedOn.output);
    });
  }

  /**
   * Tells every connection of a user, and adds `timestamp`, the time as ISO 8601.
   *
   * @returns whether any connection of the user was there, on any node that could be reached.
   * @throws RefusalError `payload-invalid` for a name that the protocol uses and for what is no object of JSON;
   *   `payload-too-large` above 16 KB.
   */
  emitToUser<Name extends UserEventName>(userId: string, event: Name, payload: UserEvents[Name]): Promise<boolean>;
  async emitToUser(userId: string, event: string, payload: unknown): Promise<boolean> {
    refuseTakenEvent(event);
    return this.tell(parseOrRefuse(UserIdSchema, userId), event, { ...messagePayload(payload), timestamp: new Date().toISOString() });
  }

  /**
   * Tells a user something to read, as `notification`.
   *
   * @returns its id, and whether any connection of the user was there.
   * @throws RefusalError `payload-invalid`
   */
  async notify(userId: string, notification: NewNotification): Promise<{ readonly id: string; readonly reached: boolean }> {
    const told = asTold(notification);
    return { id: told.id, reached: await this.tell(parseOrRefuse(UserIdSchema, userId), 'notification', told) };
  }

  /**
   * Tells everybody who is connected something to read, as `announcement`.
   *
   * @throws RefusalError `payload-invalid`
   */
  async announce(announcement: NewNotification): Promise<{ readonly id: string }> {
    const told = asTold(announcement);
    const passedOn = { to: null, event: 'announcement', payload: told };
    this.tellHere(passedOn);
    await this.bus.publish(TOPIC, passedOn);
    return { id: told.id };
  }

  private async tell(to: string, event: string, payload: PassedOn['payload']): Promise<boolean> {
    const passedOn = { to, event, payload };
    const wasHere = this.tellHere(passedOn);
    const isOut = await this.bus.publish(TOPIC, passedOn);
    return wasHere || (isOut && this.isElsewhere(to));
  }

  private tellHere({ to, event, payload }: PassedOn): boolean {
    return to === null ? this.users.sendToAll(event, payload) : this.users.sendTo(this.users.socketsOf(to), event, payload);
  }

  private isElsewhere(userId: string): boolean {
    return [...this.roster.said].some(([node, { users }]) => node !== this.bus.nodeId && (users.get(userId)?.connections ?? 0) > 0);
  }
}

/** One of plain JavaScript may hand over anything. */
function asTold(said: NewNotification): Notification {
  const { id = randomUUID(), title = null, message, level } = parseOrRefuse(NewNotificationSchema, said);
  return { id, title, message, level, at: new Date().toISOString() };
}
