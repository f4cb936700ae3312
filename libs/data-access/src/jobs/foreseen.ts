import { isLegalTransition, isTerminal, type Job } from '@harmonia/contract';
import { joinJob, type JobEntity, type JobPulse } from './job-entity';
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

/** Both parts of the job as it will be; null while it is not known. */
export function foreseenJob(pulse: JobPulse | null, entity: JobEntity | null, issued: IssuedCommand | undefined): Job | null {
  if (!pulse || !entity) return null;
  const later = foreseen(entity, issued);
  return joinJob(later, foreseenPulse(pulse, entity, later));
}

/** A foreseen attempt has not come anywhere yet [R2]. */
function foreseenPulse(pulse: JobPulse, job: JobEntity, later: JobEntity): JobPulse {
  return job.attempt === later.attempt ? pulse : { ...pulse, progress: null };
}
