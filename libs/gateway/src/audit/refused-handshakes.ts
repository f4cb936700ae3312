import type { RefusalCode } from '@harmonia/contract';
import { AuditTrail } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ClientAddresses } from '../limits/client-address.js';

const MOST_A_MINUTE = 60;
const MINUTE_MS = 60_000;

/**
 * Notes who was not let in [A1], at most 60 a minute: whoever knocks without end does not write the audit full. Of what is
 * told to everybody, as while the server stops, nothing is noted.
 */
@Injectable()
export class RefusedHandshakes {
  private begunAt = -Infinity;
  private noted = 0;

  constructor(
    private readonly audit: AuditTrail,
    private readonly addresses: ClientAddresses,
  ) {}

  note(outcome: RefusalCode, request: IncomingMessage): void {
    if (outcome === 'server-stopping') return;
    const now = performance.now();
    if (now - this.begunAt >= MINUTE_MS) {
      this.begunAt = now;
      this.noted = 0;
    }
    if (this.noted++ < MOST_A_MINUTE) this.audit.note({ what: 'handshake', from: this.addresses.of(request), outcome });
  }
}
