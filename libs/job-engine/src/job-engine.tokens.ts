/** Inject the {@link JobStore} of the application: `constructor(@Inject(JOB_STORE) store: JobStore)`. */
export const JOB_STORE = Symbol('harmonia:job-store');

/** Inject the {@link AuditLog} of the application; to add to it, inject `AuditTrail`, which makes nobody wait. */
export const AUDIT_LOG = Symbol('harmonia:audit-log');

/** Inject the {@link FileStore} of the application: `constructor(@Inject(FILE_STORE) files: FileStore)`. */
export const FILE_STORE = Symbol('harmonia:file-store');

/** Where is kept which sessions were ended: the token under which `SessionEnds` are injected. */
export const SESSION_ENDS = Symbol('harmonia:session-ends');
