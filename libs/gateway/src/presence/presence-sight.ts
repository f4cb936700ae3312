import { OnlineUserSchema, type JobViewer } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Injectable, Logger } from '@nestjs/common';
import * as v from 'valibot';
import { PresencePolicy } from './presence-policy.js';

/** Asks the policy of the host who sees whom [P3]; what fails, or answers anything else, shows nobody. */
@Injectable()
export class PresenceSight {
  private readonly log = new Logger(PresenceSight.name);

  constructor(private readonly policy: PresencePolicy) {}

  viewers(session: JobSession, jobId: string, viewers: readonly JobViewer[]): readonly JobViewer[] {
    const seen: unknown = this.ask(() => this.policy.viewers(session, jobId, viewers));
    return isListOf(viewers, seen) ? seen : [];
  }

  everybody(session: JobSession): boolean {
    return this.ask(() => this.policy.seesEverybody(session)) === true;
  }

  private ask(question: () => unknown): unknown {
    try {
      return question();
    } catch (error) {
      this.log.error('The presence policy failed to decide who is seen.', error instanceof Error ? error.stack : error);
      return undefined;
    }
  }
}

const ViewersSchema = v.array(OnlineUserSchema);

/** Of those who are there, under whatever names: a policy hides, and adds nobody. */
function isListOf(viewers: readonly JobViewer[], seen: unknown): seen is readonly JobViewer[] {
  if (seen === viewers) return true;
  const all = new Set(viewers.map(({ userId }) => userId));
  return v.is(ViewersSchema, seen) && seen.every(({ userId }) => all.has(userId));
}
