import type { AuditPage } from '@harmonia/contract';
import type { AuditLog } from './audit-log.js';

/** Beside a job store of the application's own that keeps no audit: nothing is kept, and nothing is there. */
export class UnkeptAuditLog implements AuditLog {
  async append(): Promise<void> {
    // nowhere to keep it
  }

  async list(): Promise<AuditPage> {
    return { entries: [], nextCursor: null };
  }
}
