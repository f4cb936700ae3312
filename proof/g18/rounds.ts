import { CalledProgram } from '../../test-processes/called-program.ts';
import type { Random } from '../rig/random.ts';
import type { MeasuredGateway, Measurement } from './measured-gateway.ts';
import { DEPARTURES, Visitor, WAYS } from './visitor.ts';
import { Work } from './work.ts';
import type { WorkOrder } from './worker.program.ts';

const WORKER = new URL('./worker.program.ts', import.meta.url);
const USERS = 30;
const CONNECTIONS_PER_USER = 4;
const JOBS_PER_USER = 3;
const STRANGERS = 10;
/** Fewer than one address may have before they have signed in [L1]. */
const AT_THE_DOOR = 20;
/** A node remembers by the ten thousand which jobs it told of [F2]. After each round it has begun anew with the last job of it. */
const JOBS_REMEMBERED = 10_000;

/** When everybody has gone and every job is deleted. */
export interface Rest extends Measurement {
  readonly atMs: number;
  readonly connections: number;
  readonly jobs: number;
}

/** Everybody comes, looks, and goes; everything that was made is deleted. Nobody and no job comes twice. */
export class Rounds {
  private readonly startedAt = Date.now();
  private readonly gateway: MeasuredGateway;
  private readonly redisUrl: string;
  private readonly random: Random;
  private readonly work: Work;
  private readonly worker: CalledProgram;
  private rounds = 0;
  private connections = 0;
  private jobs = 0;

  private constructor(gateway: MeasuredGateway, redisUrl: string, random: Random, worker: CalledProgram) {
    this.gateway = gateway;
    this.redisUrl = redisUrl;
    this.random = random;
    this.work = new Work(gateway.url);
    this.worker = worker;
  }

  static async prepare(gateway: MeasuredGateway, redisUrl: string, random: Random): Promise<Rounds> {
    return new Rounds(gateway, redisUrl, random, await CalledProgram.start(WORKER));
  }

  async next(): Promise<Rest> {
    const round = ++this.rounds;
    const users = Array.from({ length: USERS }, (_, user) => `user-${round}-${user}`);
    const lastJobs = round === 1 ? 1 : 2;
    const count = JOBS_REMEMBERED - USERS * JOBS_PER_USER - lastJobs;
    const elsewhere = this.worker.call<number>('work', { redisUrl: this.redisUrl, userId: `busy-${round}`, count } satisfies WorkOrder);
    await this.visit(users);
    this.jobs += (await elsewhere) + USERS * JOBS_PER_USER;
    await this.everythingTold(`last-${round}`);
    this.work.rest();
    await this.gateway.quiet();
    const held = await this.gateway.measure();
    return { ...held, atMs: Date.now() - this.startedAt, connections: this.connections, jobs: this.jobs };
  }

  end(): Promise<void> {
    return this.worker.stop();
  }

  private async visit(users: readonly string[]): Promise<void> {
    const jobsOf = (user: string) => Array.from({ length: JOBS_PER_USER }, (_, job) => `${user}.${job}`);
    const jobs = users.flatMap((user) => jobsOf(user).map((id) => ({ user, id })));
    await Promise.all(jobs.map(({ user, id }) => this.work.create(user, id)));
    const visits = await this.come(users, jobsOf);
    visits.filter(({ departure }) => departure === 'unread').forEach(({ visitor }) => visitor.stopReading());
    await Promise.all(jobs.map(({ id }) => this.work.report(id, { attempt: 1, sequence: 1, progress: { current: 1, total: 2 } })));
    // half of them go while their jobs end
    visits.filter((_, index) => index % 2 === 0).forEach(({ visitor, departure }) => visitor.leave(departure));
    await Promise.all(jobs.map(({ user, id }) => this.work.finish(user, id)));
    visits.filter((_, index) => index % 2 === 1).forEach(({ visitor, departure }) => visitor.leave(departure));
  }

  private async come(users: readonly string[], jobsOf: (user: string) => readonly string[]) {
    const arrivals = users.flatMap((user) =>
      Array.from({ length: CONNECTIONS_PER_USER }, () => ({ user, way: this.random.pick(WAYS), departure: this.random.pick(DEPARTURES) })),
    );
    const strangers = Array.from({ length: STRANGERS }, () => Visitor.beRefused(this.gateway.url));
    const lanes = Array.from({ length: AT_THE_DOOR }, async (_, lane) => {
      const came = [];
      for (const { user, way, departure } of arrivals.filter((_arrival, index) => index % AT_THE_DOOR === lane)) {
        const visitor = await Visitor.come(this.gateway.url, user, way);
        await visitor.look(jobsOf(user));
        came.push({ visitor, departure });
      }
      return came;
    });
    await Promise.all(strangers);
    this.connections += arrivals.length + STRANGERS + 1;
    return (await Promise.all(lanes)).flat();
  }

  /** The gateway tells in the order in which it hears, so that it has told all before when it tells of one more. */
  private async everythingTold(userId: string): Promise<void> {
    const visitor = await Visitor.come(this.gateway.url, userId, 'plain');
    await visitor.look([]);
    const removed = visitor.hears('job:removed');
    await this.work.create(userId, userId);
    await this.work.finish(userId, userId, 1);
    await removed;
    visitor.leave('goodbye');
    this.jobs++;
  }
}
