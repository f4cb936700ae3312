import type { JobScope } from './job-store.js';

/**
 * The names of one partition's keys. What is in braces decides the slot, so that all of them lie on one node of a Redis
 * Cluster and one Lua call may touch any of them [F4]. `docs/redis-keys.md` says of each what it holds.
 */
export class RedisKeys {
  /** Before the id of a job. */
  readonly job: string;
  /** Before the encoded id of a former owner. */
  readonly goneOf: string;
  /** Before the id of a job, of which it is the history. */
  readonly history: string;
  readonly meta: string;
  readonly revisions: string;
  readonly events: string;
  readonly gone: string;
  readonly goneFrom: string;
  readonly goneAt: string;
  readonly heartbeats: string;
  readonly ended: string;

  readonly #slot: string;

  constructor(prefix: string, partition: number) {
    this.#slot = `{${prefix}:p${partition}}:`;
    this.job = `${this.#slot}job:`;
    this.goneOf = `${this.#slot}gone:user:`;
    this.history = `${this.#slot}history:`;
    this.meta = `${this.#slot}meta`;
    this.revisions = `${this.#slot}revisions`;
    this.events = `${this.#slot}events`;
    this.gone = `${this.#slot}gone`;
    this.goneFrom = `${this.#slot}gone:all`;
    this.goneAt = `${this.#slot}gone:at`;
    this.heartbeats = `${this.#slot}heartbeats`;
    this.ended = `${this.#slot}ended`;
  }

  /** Which sessions were ended [S8]. */
  get sessionEnds(): string {
    return `${this.#slot}session-ends`;
  }

  /** The numbers of those, by when nobody needs to know them any more. */
  get sessionEndsByTime(): string {
    return `${this.#slot}session-ends:until`;
  }

  /** Of all, or of one job [A2]. */
  audit(jobId?: string): string {
    return jobId === undefined ? `${this.#slot}audit` : `${this.#slot}audit:job:${jobId}`;
  }

  jobOf(id: string): string {
    return this.job + id;
  }

  /** Input and result, where they are long. */
  bodyOf(id: string): string {
    return `${this.job}${id}:body`;
  }

  statuses(id: string): string {
    return this.history + id;
  }

  progress(id: string): string {
    return `${this.history}${id}:progress`;
  }

  commit(token: string): string {
    return `${this.#slot}commit:${token}`;
  }

  /** In the order of creation. */
  created(scope: JobScope): string {
    return `${this.#slot}created:${nameOf(scope)}`;
  }

  /** Those that have not ended, in the order of their latest change. */
  active(scope: JobScope): string {
    return `${this.#slot}active:${nameOf(scope)}`;
  }

  /** Those that have ended, in the order of their latest change. */
  finished(scope: JobScope): string {
    return `${this.#slot}finished:${nameOf(scope)}`;
  }

  /** Those that left the scope, in the order in which they did. */
  goneOut(scope: JobScope): string {
    return scope === 'all' ? this.goneFrom : this.goneOf + encodeURIComponent(scope.userId);
  }
}

const nameOf = (scope: JobScope): string => (scope === 'all' ? 'all' : `user:${encodeURIComponent(scope.userId)}`);

/** A job and who lost it, as `gone` names it: neither part has a blank in it. */
export const graveOf = (id: string, userId: string): string => `${id} ${encodeURIComponent(userId)}`;

/** The other way round of {@link graveOf}. */
export function lostBy(grave: string): { id: string; userId: string } {
  const [id = '', userId = ''] = grave.split(' ');
  return { id, userId: decodeURIComponent(userId) };
}

/** The partition of a job [F4]: FNV-1a of its id, which is ASCII [R8]. */
export function partitionOf(id: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % partitions;
}
