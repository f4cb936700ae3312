import type { AuditedVerb, AuditPage, AuditQuery } from '@harmonia/contract';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { AUDIT_LOG } from '../job-engine.tokens.js';
import type { JobSession } from '../publishing/job-session.js';
import type { AuditLog, NewAuditEntry } from './audit-log.js';

const MOST_AT_ONCE = 100;
const MOST_WAITING = 5000;
const AGAIN_MS = 1000;

/** What somebody did, as {@link AuditTrail.note} is told. */
export interface AuditNote {
  /** One of the built-in verbs, or one of the application's own. */
  readonly what: AuditedVerb | (string & {});
  /** Left out: code of the application, or nobody who could be believed. */
  readonly who?: Pick<JobSession, 'userId' | 'roles'>;
  readonly jobId?: string;
  /** The user it is done to. */
  readonly whom?: string;
  /** The address of the client. */
  readonly from?: string;
  /** `done`, which is the default, or the code of a refusal. */
  readonly outcome?: string;
}

/**
 * Notes who did what [A1], without making anybody wait: entries are written in the background, many at once, in order. While
 * the log cannot be reached, 5000 of them wait; what comes then is lost, and counted in the server's own log.
 *
 * @example audit.note({ what: 'export', who: session, jobId: 'invoice-1', from: request.ip });
 */
@Injectable()
export class AuditTrail {
  private readonly logger = new Logger(AuditTrail.name);
  private waiting: NewAuditEntry[] = [];
  private lost = 0;
  private isWriting = false;
  private writing: Promise<void> = Promise.resolve();
  private isTroubled = false;
  private again: NodeJS.Timeout | undefined;

  constructor(@Inject(AUDIT_LOG) private readonly log: AuditLog) {}

  /** Returns at once, and never throws. */
  note(note: AuditNote): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.lost++;
      return;
    }
    this.waiting.push(entryOf(note));
    if (!this.again) void this.write();
  }

  /** What was noted so far is in it, unless the log cannot be reached. @throws RefusalError as {@link AuditLog.list} does */
  async list(query: AuditQuery): Promise<AuditPage> {
    await this.write();
    return this.log.list(query);
  }

  /** Writes what waits, and says how much could not be. */
  async close(): Promise<void> {
    clearTimeout(this.again);
    await this.write();
    clearTimeout(this.again);
    this.lost += this.waiting.length;
    if (this.lost > 0) this.logger.error(`${this.lost} entries of the audit could not be written, and are lost.`);
  }

  private write(): Promise<void> {
    if (!this.isWriting) this.writing = this.writeAll();
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    try {
      // whoever is answered just now is not made to wait
      await new Promise((resolve) => setImmediate(resolve));
      while (this.waiting.length > 0) {
        const batch = this.waiting.slice(0, MOST_AT_ONCE);
        await this.log.append(batch);
        this.waiting.splice(0, batch.length);
        this.isTroubled = false;
      }
    } catch (error) {
      this.suffer(error);
    } finally {
      this.isWriting = false;
    }
  }

  private suffer(error: unknown): void {
    if (!this.isTroubled) {
      this.logger.error(`The audit cannot be written just now: ${error instanceof Error ? error.message : 'no Error was thrown'}`);
    }
    this.isTroubled = true;
    this.again = setTimeout(() => {
      this.again = undefined;
      void this.write();
    }, AGAIN_MS).unref();
  }
}

/** Of a session nothing is copied but who it is. */
function entryOf({ what, who, jobId, whom, from, outcome = 'done' }: AuditNote): NewAuditEntry {
  const by = who ? { userId: who.userId, roles: [...who.roles] } : null;
  return { at: new Date().toISOString(), who: by, what, jobId: jobId ?? null, whom: whom ?? null, from: from ?? null, outcome };
}
