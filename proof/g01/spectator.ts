import type { Job } from '@harmonia/contract';
import type { Random } from '../rig/random.ts';
import type { TcpLink } from '../rig/tcp-link.ts';

/** A client that watches jobs through a link of its own, and what it shows of them. */
export interface Spectator {
  readonly name: string;
  readonly link: TcpLink;
  /** Whether the server has let it in, and it has not heard of an end of that connection. */
  readonly isConnected: boolean;
  /** When the server let it in last, ms since 1970. */
  readonly admittedAt: number;
  /** How often it was told twice of the same end of a job. */
  readonly endsToldTwice: number;
  /** The jobs that it has to show now, of those that there are; and those that it shows. */
  watches(jobs: ReadonlyMap<string, Job>): ReadonlySet<string>;
  /** What it shows of a job. */
  shown(id: string): Job | null;
  /** Everything of a job that this kind of client knows, as a text to compare. */
  text(job: Job): string;
  /** What a person does next: opens a view, closes one, reads a list. */
  act(random: Random, jobs: ReadonlyMap<string, Job>): void;
  close(): void;
}

/** The state that travels with every event [E1]. */
export function lightText({ status, progress, attempt, version, userId, jobType, createdAt, updatedAt }: Job): string {
  const step = progress && [progress.current, progress.total, progress.percentage, progress.message];
  return JSON.stringify([status, step, attempt, version, userId, jobType, createdAt, updatedAt]);
}

/** All of a job. */
export function wholeText(job: Job): string {
  const { bodyVersion, title, tags, input, result } = job;
  return lightText(job) + JSON.stringify([bodyVersion, title, tags, input, result]);
}
