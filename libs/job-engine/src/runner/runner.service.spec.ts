import { jobFailure } from '@harmonia/contract';
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setImmediate as nextTick } from 'node:timers/promises';
import { temporaryDirectory, TestEngine } from '../engine.suite.js';
import { resultFile } from '../files/result-file.js';
import type { HarmoniaJobsOptions } from '../job-engine.options.js';
import { OutageJobStore } from '../publishing/outage-job-store.suite.js';
import { delayedJobStore } from '../store/delayed-job-store.suite.js';
import type { JobChange } from '../store/job-change.js';
import type { JobEventBatch } from '../store/job-event.js';
import { SqliteJobStore } from '../store/sqlite-job-store.js';
import { create, followProbe, inShort, report } from '../store/store-probe.suite.js';
import { JobFailedError } from './job-failed-error.js';
import { JobHandler, type JobRunner } from './job-handler.js';
import type { WillRetry } from './job-run.js';
import { JobRuns } from './job-runs.js';
import { RunnerService } from './runner.service.js';

type Script = JobRunner['run'];

/** Does what its test says. */
@JobHandler('simulate')
class Scripted implements JobRunner {
  constructor(readonly run: Script) {}
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: TestEngine | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  await engine?.app.close();
  engine = undefined;
  await directory.remove();
});

async function start(run: Script, options: Partial<HarmoniaJobsOptions> = {}): Promise<TestEngine> {
  engine = await TestEngine.start(directory.path, options, [{ provide: Scripted, useFactory: () => new Scripted(run) }]);
  return engine;
}

/** What an earlier process has left in the store when it was killed. */
async function leftBehind(changes: readonly JobChange[]): Promise<void> {
  const store = SqliteJobStore.open({ directory: directory.path });
  await store.apply(changes);
  await store.close();
}

/** Ends when the signal does, and throws its reason. */
const untilAborted = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
};

const draft = (id: string) => ({ id, userId: 'ann', jobType: 'simulate' });

describe('running a job', () => {
  it('[R3] takes a queued job through progress to its result', async () => {
    const signals: AbortSignal[] = [];
    const { store, publisher, ended } = await start(async (job, report, signal) => {
      signals.push(signal);
      await report.progress({ current: 1, total: 4, message: 'begun' });
      return { doubled: Number(job.input) * 2 };
    });
    const probe = await followProbe(store);
    await publisher.created({ ...draft('a'), input: 21 });
    expect(await ended('a')).toMatchObject({
      status: 'completed',
      result: { doubled: 42 },
      progress: { message: 'begun', percentage: 100 },
    });
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    expect((await probe.settled()).map(inShort)).toEqual(['created a 1', 'started a 2', 'progress a 3', 'completed a 4']);
  });

  it('runs a few at a time, the oldest first', async () => {
    const running: string[] = [];
    const log: string[] = [];
    const done = new EventEmitter();
    const { publisher, ended } = await start(
      async (job) => {
        running.push(job.id);
        log.push(`${job.id} of ${running.length}`);
        if (job.id === 'b') done.emit('both');
        else if (job.id === 'a') await once(done, 'both');
        await Promise.resolve();
        running.splice(running.indexOf(job.id), 1);
      },
      { runner: { concurrency: 2 } },
    );
    const ids = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(ids.map((id) => publisher.created(draft(id))));
    await Promise.all(ids.map(ended));
    expect(log.map((line) => line[0])).toEqual(ids);
    expect(log).toContain('b of 2');
    expect(log.every((line) => Number(line.at(-1)) <= 2)).toBe(true);
  });

  it('leaves alone what is not its type, and what has ended before its turn', async () => {
    const seen: string[] = [];
    const gate = new EventEmitter();
    const { publisher, ended, job } = await start(
      async ({ id }) => {
        seen.push(id);
        if (id === 'a') await once(gate, 'open');
      },
      { runner: { concurrency: 1 } },
    );
    await publisher.created({ ...draft('other'), jobType: 'external' });
    await publisher.created(draft('a'));
    await publisher.created(draft('b'));
    await publisher.created(draft('c'));
    await publisher.cancelled('b');
    gate.emit('open');
    await ended('c');
    expect(seen).toEqual(['a', 'c']);
    expect(await job('other')).toMatchObject({ status: 'queued' });
  });

  it('runs nothing when the runner is off', async () => {
    const seen: string[] = [];
    const { publisher, job } = await start((running) => seen.push(running.id), { runner: false });
    for (const id of ['a', 'b', 'c']) await publisher.created(draft(id));
    expect(await job('a')).toMatchObject({ status: 'queued' });
    expect(seen).toEqual([]);
  });

  it('does not run what was taken by somebody else while it claimed it', async () => {
    const seen: string[] = [];
    const store = new OutageJobStore();
    const { ended } = await start(({ id }) => seen.push(id), { store, runner: { concurrency: 1 } });
    store.hold();
    const claiming = store.handed();
    await store.inner.apply([create('a')]);
    await claiming;
    await store.inner.apply([{ kind: 'cancelled', id: 'a' }, create('b')]);
    store.release();
    await ended('b');
    expect(seen).toEqual(['b']);
  });

  it('claims a job once, also when somebody else reports it', async () => {
    let runs = 0;
    const { publisher, store, ended } = await start(() => ++runs);
    await store.apply([create('a'), report('a', { attempt: 1, sequence: 1, status: 'processing' })]);
    await publisher.created(draft('b'));
    await ended('b');
    expect(runs).toBe(1);
    expect(await engine?.job('a')).toMatchObject({ status: 'processing' });
  });
});

describe('a handler that fails', () => {
  it.each<[string, Script, string]>([
    [
      'a JobFailedError',
      () => {
        throw new JobFailedError('pdf-encrypted', 'It is locked.');
      },
      'pdf-encrypted',
    ],
    ['an error', () => Promise.reject(new Error('password=secret')), 'handler-failed'],
    ['a result that is too large', () => 'x'.repeat(70_000), 'result-too-large'],
    ['progress that makes no sense', (_, told) => told.progress(101), 'handler-failed'],
    ['no upload to read', (job) => job.upload(), 'file-missing'],
    [
      'a file whose source fails',
      (_, told) => told.file('x.md', 'text/markdown', Readable.from(failing(new JobFailedError('no-text', 'It has no text.')))),
      'no-text',
    ],
  ])('[R11] ends its attempt with the code of %s', async (_, run, code) => {
    const { publisher, ended } = await start(run);
    await publisher.created(draft('a'));
    const job = await ended('a');
    expect(jobFailure(job)).toMatchObject({ code });
    expect(JSON.stringify(job)).not.toContain('secret');
  });

  it('may leave progress unawaited: what it rejects ends nothing', async () => {
    const { publisher, ended } = await start((_, told) => void told.progress(-1));
    await publisher.created(draft('a'));
    expect(await ended('a')).toMatchObject({ status: 'completed' });
  });
});

describe('the files of a job', () => {
  it('[R11] hands the upload to the handler and keeps what it writes', async () => {
    const { publisher, files, ended } = await start(async (job, told) => {
      const upload = await job.upload();
      const shouted = (await text(upload.stream)).toUpperCase();
      return told.file('../Notes: May.md', 'text/markdown', Readable.from([shouted, String(upload.bytes)]));
    });
    await (await files.stage(Readable.from(['hello']))).keep('uploads/a');
    await publisher.created(draft('a'));
    const file = resultFile(await ended('a'));
    expect(file).toEqual({ outputPath: 'results/a/1/_Notes_ May.md', fileName: '_Notes_ May.md', mediaType: 'text/markdown', bytes: 6 });
    const stored = await files.open(file?.outputPath ?? '');
    expect(stored && (await buffer(stored.stream)).toString()).toBe('HELLO5');
  });

  it('closes what the handler did not read, and discards what an attempt kept that did not complete', async () => {
    const opened: Readable[] = [];
    const { publisher, files, ended } = await start(
      async (job, told) => {
        if (job.id === 'b') return;
        opened.push((await job.upload()).stream);
        await told.file('a.md', 'text/markdown', Readable.from(['half']));
        throw new JobFailedError('no', 'No.');
      },
      { runner: { concurrency: 1 } },
    );
    await (await files.stage(Readable.from(['hello']))).keep('uploads/a');
    await publisher.created(draft('a'));
    await publisher.created(draft('b'));
    await ended('b');
    expect(opened.map((stream) => stream.destroyed)).toEqual([true]);
    expect(await files.open('results/a/1/a.md')).toBeNull();
    const upload = await files.open('uploads/a');
    upload?.stream.destroy();
    expect(upload?.bytes).toBe(5);
  });
});

describe('a job that is cancelled', () => {
  it('[R3] tells its handler to stop, and forgets what that makes of it', async () => {
    const stopped = new EventEmitter();
    const { publisher, files, until } = await start(async (_, told, signal) => {
      await told.file('a.md', 'text/markdown', Readable.from(['x']));
      await told
        .progress(50)
        .then(() => untilAborted(signal))
        .catch(() => stopped.emit('stopped'));
      return 'too late';
    });
    await publisher.created(draft('a'));
    await until('a', ({ progress }) => progress?.percentage === 50);
    const heard = once(stopped, 'stopped');
    await publisher.cancelled('a');
    await publisher.removed('a');
    await heard;
    await engine?.app.close();
    engine = undefined;
    expect(await files.open('results/a/1/a.md')).toBeNull();
  });

  it('[R3] or queued again tells its handler to stop too, and starts its next attempt', async () => {
    const { publisher, until, ended } = await start(async ({ attempt }, _, signal) => (attempt === 1 ? untilAborted(signal) : attempt));
    await publisher.created(draft('a'));
    await until('a', ({ status }) => status === 'processing');
    await publisher.requeued('a', 'retrying');
    expect(await ended('a')).toMatchObject({ status: 'completed', result: 2 });
  });

  it('stops a handler that only awaits its progress', async () => {
    let thrown: unknown;
    const stopped = new EventEmitter();
    const { publisher, until, job } = await start(async (_, told) => {
      try {
        for (let step = 0; ; step++) await told.progress({ current: step });
      } catch (error) {
        thrown = error;
        stopped.emit('stopped');
        throw error;
      }
    });
    await publisher.created(draft('a'));
    await until('a', ({ progress }) => (progress?.current ?? 0) > 1);
    const heard = once(stopped, 'stopped');
    await publisher.cancelled('a');
    await heard;
    expect(thrown).toMatchObject({ name: 'AbortError' });
    expect(await job('a')).toMatchObject({ status: 'cancelled' });
  });

  it('closes an upload that nobody is reading, without harm to anybody', async () => {
    let upload: Readable | undefined;
    const { publisher, files, until, ended } = await start(async (job, told, signal) => {
      if (job.id === 'b') return;
      upload = (await job.upload()).stream;
      await told.progress(1);
      await untilAborted(signal);
    });
    await (await files.stage(Readable.from(['hello']))).keep('uploads/a');
    await publisher.created(draft('a'));
    await until('a', ({ progress }) => progress?.percentage === 1);
    await publisher.cancelled('a');
    await publisher.created(draft('b'));
    await ended('b');
    expect(upload?.destroyed).toBe(true);
    expect(upload?.errored).toMatchObject({ name: 'AbortError' });
  });

  it('closes the source of a file that is being kept', async () => {
    const endless = new Readable({ read: () => undefined });
    const begun = new EventEmitter();
    const { publisher } = await start((_, told) => {
      const kept = told.file('a.md', 'text/markdown', endless);
      begun.emit('begun');
      return kept;
    });
    const running = once(begun, 'begun');
    await publisher.created(draft('a'));
    await running;
    const closed = new Promise((resolve) => endless.once('close', resolve));
    await publisher.cancelled('a');
    await closed;
    expect(endless.destroyed).toBe(true);
  });

  it('[R2] starts its next attempt only after the earlier one has let go', async () => {
    const log: string[] = [];
    const gate = new EventEmitter();
    const { publisher, ended } = await start(async ({ id, attempt }) => {
      log.push(`begin ${id} ${attempt}`);
      gate.emit(`begin ${id}`);
      if (id === 'a' && attempt === 1) await once(gate, 'open');
      log.push(`end ${id} ${attempt}`);
    });
    const begun = once(gate, 'begin a');
    await publisher.created(draft('a'));
    await begun;
    await publisher.cancelled('a');
    await publisher.retried('a');
    await publisher.created(draft('b'));
    await ended('b');
    gate.emit('open');
    await ended('a');
    expect(log).toEqual(['begin a 1', 'begin b 1', 'end b 1', 'end a 1', 'begin a 2', 'end a 2']);
  });
});

describe('events that come late', () => {
  it('[R1] stop no attempt that was begun after them', async () => {
    const store = new OutageJobStore();
    const late: JobEventBatch[] = [];
    const listeners: ((batch: JobEventBatch) => void)[] = [];
    const follow = jest.spyOn(store, 'follow').mockImplementation((position, listener) => {
      listeners.push(listener);
      return store.inner.follow(position, (batch) => void late.push(batch));
    });
    /** Hands over what has happened to whoever follows. */
    const deliver = () => late.splice(0).forEach((batch) => listeners.forEach((listener) => listener(batch)));
    const gate = new EventEmitter();
    const { publisher } = await start(
      async ({ id, attempt }, _, signal) => {
        gate.emit(`begin ${id} ${attempt}`);
        await once(gate, `end ${id}`);
        return signal.aborted;
      },
      { store, runner: { concurrency: 1 } },
    );
    follow.mockRestore();
    const first = once(gate, 'begin x 1');
    await publisher.created(draft('x'));
    await publisher.created(draft('a'));
    deliver();
    await first;
    await publisher.cancelled('a');
    await publisher.retried('a');
    const second = once(gate, 'begin a 2');
    gate.emit('end x');
    await second;
    deliver();
    const ended = engine?.ended('a');
    gate.emit('end a');
    expect(await ended).toMatchObject({ status: 'completed', attempt: 2, result: false });
  });

  it.each([1, 2])('[F1] confuse no run, whatever the delays (seed %d)', async (seed) => {
    const store = delayedJobStore(SqliteJobStore.open({ directory: ':memory:' }), seed);
    const running = new Set<string>();
    let twice = 0;
    const { publisher, ended, job } = await start(
      async ({ id, attempt }, told) => {
        if (running.has(id)) twice += 1;
        running.add(id);
        try {
          for (let step = 1; step <= 3; step++) await told.progress({ current: step, total: 3 });
          return attempt;
        } finally {
          running.delete(id);
        }
      },
      { store, runner: { concurrency: 4 } },
    );
    const ids = Array.from({ length: 24 }, (_, index) => `j${index}`);
    await Promise.all(ids.map((id) => publisher.created(draft(id))));
    const again = ids.filter((_, index) => index % 3 === 0);
    await Promise.all(
      again.map((id) =>
        publisher.cancelled(id).then(
          () => publisher.retried(id),
          () => undefined,
        ),
      ),
    );
    await Promise.all(ids.map(ended));
    for (const id of ids) expect(await job(id)).toMatchObject({ status: 'completed' });
    expect(twice).toBe(0);
  });
});

describe('what was missed [F2]', () => {
  it('is read anew: queued jobs are run, cancelled ones told to stop', async () => {
    const store = new OutageJobStore();
    const listeners: ((batch: JobEventBatch) => void)[] = [];
    const follow = jest.spyOn(store, 'follow').mockImplementation((_, listener) => {
      listeners.push(listener);
      return Promise.resolve(() => Promise.resolve());
    });
    const { epoch, position } = await store.read([]);
    const tell = (batch: Partial<JobEventBatch>) =>
      listeners.forEach((listener) => listener({ epoch, position, events: [], missed: true, ...batch }));
    const begun = new EventEmitter();
    await start(
      async ({ id }, _, signal) => {
        begun.emit(id);
        await untilAborted(signal).catch(() => begun.emit(`${id} stopped`));
      },
      { store },
    );
    follow.mockRestore();
    await store.apply([create('a'), create('b')]);
    const running = Promise.all([once(begun, 'a'), once(begun, 'b')]);
    tell({});
    await running;
    const stopped = Promise.all([once(begun, 'a stopped'), once(begun, 'b stopped')]);
    await store.apply([{ kind: 'cancelled', id: 'a' }]);
    await store.apply([
      { kind: 'cancelled', id: 'b' },
      { kind: 'removed', id: 'b' },
    ]);
    tell({});
    expect(await stopped).toHaveLength(2);
  });

  it('[F5] in another epoch is no removal', async () => {
    const store = new OutageJobStore();
    let listeners: ((batch: JobEventBatch) => void)[] = [];
    const follow = jest.spyOn(store, 'follow').mockImplementation((position, listener) => {
      listeners = [...listeners, listener];
      return store.inner.follow(position, listener);
    });
    const end = new EventEmitter();
    let aborted: boolean | undefined;
    const begun = once(end, 'begun');
    const { publisher, ended } = await start(
      async (_job, _, signal) => {
        end.emit('begun');
        await once(end, 'end');
        aborted = signal.aborted;
      },
      { store },
    );
    follow.mockRestore();
    await publisher.created(draft('a'));
    await begun;
    const read = jest.spyOn(store, 'read').mockResolvedValue({ epoch: 'another', position: '0', records: new Map(), removed: new Map() });
    const readings = () => read.mock.calls.filter(([ids]) => ids.includes('a')).length;
    // each partition of a store tells so by itself
    for (const times of [1, 2]) {
      listeners.forEach((listener) => listener({ epoch: 'another', position: '0', events: [], missed: true }));
      while (readings() < times) await nextTick();
    }
    await nextTick();
    read.mockRestore();
    end.emit('end');
    await ended('a');
    expect(aborted).toBe(false);
  });
});

describe('another queue', () => {
  class Queue {
    constructor(
      readonly runner: RunnerService,
      readonly runs: JobRuns,
    ) {}

    onModuleInit(): void {
      this.runner.giveWay();
    }
  }
  const queue = async (run: Script): Promise<JobRuns> => {
    const host = {
      provide: Queue,
      inject: [RunnerService, JobRuns],
      useFactory: (...tools: [RunnerService, JobRuns]) => new Queue(...tools),
    };
    engine = await TestEngine.start(directory.path, {}, [{ provide: Scripted, useFactory: () => new Scripted(run) }, host]);
    return engine.app.get(JobRuns);
  };

  it('alone chooses what runs, and hears how each attempt ended', async () => {
    const runs = await queue(({ id }) => {
      if (id === 'spoken') throw new JobFailedError('no-text', 'It has no text.');
      if (id !== 'good') throw new Error('odd');
    });
    const run = async (id: string, retries?: WillRetry) => runs.run((await engine?.publisher.created(draft(id))) ?? never(), retries);
    const unspoken = { code: 'handler-failed' };
    expect(await run('good')).toEqual({ kind: 'completed' });
    expect(await run('good')).toEqual({ kind: 'not-begun' });
    expect(await run('bad')).toMatchObject({ kind: 'failed', error: unspoken });
    expect(await run('again', () => Promise.resolve(true))).toMatchObject({ kind: 'retrying', error: unspoken });
    expect(await run('spoken', () => true)).toMatchObject({ kind: 'failed', error: { code: 'no-text' } });
    expect(await engine?.job('again')).toMatchObject({ status: 'queued', attempt: 2, result: null });
    expect((await engine?.store.history('again'))?.at(-1)).toMatchObject({ reason: 'retrying' });
    expect(runs.size).toBe(0);
  });

  it('[R2] waits for the earlier attempt to let go, and is told when no handler serves the type', async () => {
    const gate = new EventEmitter();
    const begun = once(gate, 'begun');
    const log: number[] = [];
    const runs = await queue(async ({ attempt }) => {
      gate.emit('begun');
      if (attempt === 1) await once(gate, 'open');
      log.push(attempt);
    });
    const publisher = engine?.publisher ?? never();
    const first = runs.run(await publisher.created(draft('a')));
    await begun;
    const second = runs.run(await publisher.requeued('a', 'retrying'));
    expect(runs.has('a')).toBe(true);
    gate.emit('open');
    expect(await Promise.all([first, second])).toEqual([{ kind: 'stopped' }, { kind: 'completed' }]);
    expect(log).toEqual([1, 2]);
    const external = await publisher.created({ ...draft('b'), jobType: 'external' });
    await expect(runs.run(external)).rejects.toThrow('No handler here serves the job type "external"');
  });
});

describe('the start of a process', () => {
  it('[R10] runs what was queued, oldest first, and starts anew what was cut off', async () => {
    const many = Array.from({ length: 205 }, (_, index) => create(`q${String(index).padStart(3, '0')}`));
    await leftBehind([create('cut'), report('cut', { status: 'processing' }), ...many, create('else', { jobType: 'external' })]);
    const seen: string[] = [];
    const { ended, job } = await start(({ id, attempt }) => seen.push(`${id} ${attempt}`), { runner: { concurrency: 1 } });
    await ended('q204');
    await ended('cut');
    expect(seen).toHaveLength(206);
    expect(seen.filter((line) => line.startsWith('q'))).toEqual(many.map((_, index) => `q${String(index).padStart(3, '0')} 1`));
    expect(seen).toContain('cut 2');
    expect(await job('else')).toMatchObject({ status: 'queued' });
  });

  it('[R10] ends a job whose worker was lost three times in a row', async () => {
    await leftBehind([create('a'), report('a', { status: 'processing' })]);
    for (const attempt of [2, 3]) {
      await leftBehind([{ kind: 'lost', id: 'a', attempt: attempt - 1, maxAttempts: 3 }, report('a', { attempt, status: 'processing' })]);
    }
    const { job } = await start(() => 'never');
    expect(await job('a')).toMatchObject({ status: 'failed', attempt: 3, result: { code: 'worker-lost' } });
  });
});

describe('the end of a process', () => {
  it('[R3] hands running jobs back, which counts as no failure and no restart', async () => {
    const begun = new EventEmitter();
    const running = once(begun, 'a');
    const { publisher, app } = await start((job, _, signal) => {
      begun.emit(job.id);
      return untilAborted(signal);
    });
    await publisher.created(draft('a'));
    await running;
    await app.close();
    engine = undefined;
    const store = SqliteJobStore.open({ directory: directory.path });
    const record = (await store.read(['a'])).records.get('a');
    expect(record).toMatchObject({ restarts: 0, job: { status: 'queued', attempt: 2 } });
    expect((await store.history('a')).at(-1)).toMatchObject({ status: 'queued', reason: 'interrupted' });
    await store.close();
  });

  it('[R3] waits no longer than it should for a handler that does not heed the signal', async () => {
    const begun = new EventEmitter();
    const running = once(begun, 'a');
    const late = new EventEmitter();
    const { publisher, app } = await start(
      async (job, told) => {
        begun.emit(job.id);
        await once(late, 'end');
        await told.progress(99).catch(() => late.emit('told'));
        return 'too late';
      },
      { runner: { stopWithinMs: 1 } },
    );
    await publisher.created(draft('a'));
    await running;
    await app.close();
    engine = undefined;
    const told = once(late, 'told');
    late.emit('end');
    await told;
    const again = await start(({ attempt }) => attempt);
    expect(await again.ended('a')).toMatchObject({ status: 'completed', result: 2, attempt: 2 });
  });
});

describe('when the store cannot be reached', () => {
  it('stops all the same: the silence of its jobs will tell', async () => {
    const store = new OutageJobStore();
    const begun = new EventEmitter();
    const running = once(begun, 'a');
    const { app, publisher } = await start(
      (job, _, signal) => {
        begun.emit(job.id);
        return untilAborted(signal);
      },
      { store },
    );
    await publisher.created(draft('a'));
    await running;
    store.fail();
    await expect(app.close()).resolves.toBeUndefined();
    engine = undefined;
  });

  it('tells the result again until the store takes it, and starts what could not be started', async () => {
    const store = new OutageJobStore();
    const { publisher, ended } = await start(
      (job) => {
        if (job.id === 'a') store.fail();
        return job.id;
      },
      { store },
    );
    await publisher.created(draft('a'));
    await store.refusal();
    store.recover();
    expect(await ended('a')).toMatchObject({ status: 'completed', result: 'a' });
    const refused = store.refusal();
    await publisher.created(draft('b'));
    store.fail();
    await refused;
    store.recover();
    expect(await ended('b')).toMatchObject({ status: 'completed', result: 'b' });
  });
});

function never(): never {
  throw new Error('It is not there.');
}

async function* failing(error: Error): AsyncGenerator<string> {
  yield await Promise.resolve('half');
  throw error;
}
