import type { AuditEntry, AuditPage, AuditQuery } from '@harmonia/contract';

/** An entry that the log has not named yet. */
export type NewAuditEntry = Omit<AuditEntry, 'id'>;

/** How long and how many entries are kept [A2]. */
export interface AuditRetention {
  /** In ms. Default 90 days. */
  readonly keepForMs?: number;
  /** The oldest give way. Default 100,000. */
  readonly mostEntries?: number;
}

/** The defaults of {@link AuditRetention}. */
export const AUDIT_RETENTION: Required<AuditRetention> = { keepForMs: 90 * 24 * 60 * 60_000, mostEntries: 100_000 };

/**
 * Where is kept who did what [A1, A2]: entries are added and read, and can neither be changed nor taken away but by their age.
 * Both methods reject with `RefusalError('unavailable')` when the log cannot be reached.
 */
export interface AuditLog {
  /** In this order; one whose answer was lost may be there and be added again. */
  append(entries: readonly NewAuditEntry[]): Promise<void>;
  /** Newest first; a cursor that is none is refused with `page-invalid`. */
  list(query: AuditQuery): Promise<AuditPage>;
}
