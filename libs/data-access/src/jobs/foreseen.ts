import { isLegalTransition, isTerminal } from '@harmonia/contract';
import type { JobEntity, JobPulse } from './job-entity';
import type { IssuedCommand } from './job-commands.actions';

/**
 * The job as it will be once its command is done [C10]; as it is where the command has been overtaken: the attempt ended by
 * itself, or another one began.
 */
export function foreseen(job: JobEntity, issued: IssuedCommand | undefined): JobEntity {
  if (!issued || issued.attempt !== job.attempt) return job;
  if (issued.command === 'cancel') return isLegalTransition(job.status, 'cancelled') ? { ...job, status: 'cancelled' } : job;
  const canRestart = isTerminal(job.status) && isLegalTransition(job.status, 'queued');
  return canRestart ? { ...job, status: 'queued', attempt: job.attempt + 1, result: null } : job;
}

/** A foreseen attempt has not come anywhere yet [R2]. */
export function foreseenPulse(pulse: JobPulse, job: JobEntity, later: JobEntity): JobPulse {
  return job.attempt === later.attempt ? pulse : { ...pulse, progress: null };
}
