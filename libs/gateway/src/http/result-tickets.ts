import { RefusalError } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';

const LIFETIME_MS = 60_000;
const MAX_TICKETS = 10_000;

/** What a ticket stands for: this result of this job, asked for by this session. */
export interface TicketGrant {
  readonly jobId: string;
  readonly attempt: number;
  readonly session: JobSession;
}

interface Ticket extends TicketGrant {
  readonly expiresAt: number;
}

/**
 * Tickets that stand in for a token in a plain link: each works once, for one result, for 60 s or until the session that
 * asked for it ends. They live in memory, at most 10,000; the oldest gives way.
 */
@Injectable()
export class ResultTickets {
  private readonly tickets = new Map<string, Ticket>();

  constructor(private readonly now: () => number = Date.now) {}

  /** The secret that goes into the link, and when it ends. */
  issue(grant: TicketGrant): { readonly ticket: string; readonly expiresAt: Date } {
    this.makeRoom();
    const sessionEnd = grant.session.expiresAt?.getTime() ?? Infinity;
    const expiresAt = Math.min(this.now() + LIFETIME_MS, sessionEnd);
    const ticket = randomBytes(32).toString('base64url');
    this.tickets.set(ticket, { ...grant, expiresAt });
    return { ticket, expiresAt: new Date(expiresAt) };
  }

  /**
   * Takes the ticket: it does not work again, whatever comes of this.
   *
   * @throws RefusalError `ticket-invalid` when it is used, over, unknown or another job's.
   */
  redeem(ticket: string, jobId: string): TicketGrant {
    const grant = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    if (!grant || grant.jobId !== jobId || grant.expiresAt <= this.now()) throw new RefusalError('ticket-invalid');
    return grant;
  }

  /** A map keeps the order of insertion, so the first tickets are the oldest. */
  private makeRoom(): void {
    for (const [ticket, { expiresAt }] of this.tickets) {
      if (this.tickets.size < MAX_TICKETS && expiresAt > this.now()) return;
      this.tickets.delete(ticket);
    }
  }
}
