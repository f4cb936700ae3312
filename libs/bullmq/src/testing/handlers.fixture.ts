import { JobFailedError, JobHandler, type JobRunner, type RunningJob, type RunReport } from '@harmonia/job-engine';
import { once } from 'node:events';
import { existsSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** Tells the spec what happens in this process; written at once, so that nothing is lost when the process is killed. */
export const say = (line: string): void => void writeSync(1, `${line}\n`);

/** Answers its input, and keeps it as a file too. */
@JobHandler('greet')
export class Greet implements JobRunner {
  async run(job: RunningJob, report: RunReport) {
    say(`run ${job.id} ${job.attempt}`);
    await report.progress({ current: 1, total: 2 });
    return report.file('greeting.txt', 'text/plain', Readable.from([`Hello ${String(job.input)}`]));
  }
}

/** Its first attempt works until it is told to stop, any other is done at once. */
@JobHandler('patient')
export class Patient implements JobRunner {
  async run({ id, attempt, input }: RunningJob, report: RunReport, signal: AbortSignal) {
    await report.progress(attempt, `in ${process.pid}`);
    say(`run ${id} ${attempt}`);
    if (attempt > 1 && input !== 'always') return attempt;
    if (!signal.aborted) await once(signal, 'abort');
    say(`stopped ${id} ${attempt}`);
    return 'too late';
  }
}

/** Throws until the attempt that its input names; `never` is an end of its own. */
@JobHandler('flaky')
export class Flaky implements JobRunner {
  run({ id, attempt, input }: RunningJob) {
    say(`run ${id} ${attempt}`);
    if (input === 'never') throw new JobFailedError('no-way', 'This cannot be done.');
    if (attempt < Number(input)) throw new Error('password=secret');
    return { attempt };
  }
}

/** Takes its time. */
@JobHandler('steps')
export class Steps implements JobRunner {
  async run({ id, attempt }: RunningJob, report: RunReport, signal: AbortSignal) {
    for (let step = 1; step <= 10; step++) {
      await wait(10, undefined, { signal });
      await report.progress({ current: step, total: 10 });
    }
    say(`done ${id} ${attempt}`);
    return attempt;
  }
}

/** Done when the file that its input names is there. */
@JobHandler('waiting')
export class Waiting implements JobRunner {
  async run({ id, attempt, input }: RunningJob, report: RunReport, signal: AbortSignal) {
    await report.progress(50);
    say(`run ${id} ${attempt}`);
    while (!existsSync(String(input))) await wait(20, undefined, { signal });
    say(`done ${id} ${attempt}`);
    return attempt;
  }
}

/** Does not listen. */
@JobHandler('stubborn')
export class Stubborn implements JobRunner {
  async run({ id, attempt }: RunningJob) {
    say(`run ${id} ${attempt}`);
    if (attempt === 1) await new Promise(() => undefined);
    return attempt;
  }
}

export const HANDLERS = [Greet, Patient, Flaky, Stubborn, Steps, Waiting];
