import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TestEngine } from './engine.suite.js';
import { JobHandler, type JobRunner, type RunningJob, type RunReport } from './runner/job-handler.js';
import { RedisJobStore } from './store/redis-job-store.js';

const told = createInterface({ input: process.stdin });

/** Says what it runs, and does what the job's input names. */
@JobHandler('simulate')
class Simulated implements JobRunner {
  async run(job: RunningJob, report: RunReport, signal: AbortSignal): Promise<unknown> {
    say(`runs ${job.id} ${job.attempt}`);
    if (job.input === 'wait') await once(signal, 'abort');
    if (job.input !== 'file') return process.pid;
    return report.file('shout.txt', 'text/plain', Readable.from(shouted(job)));
  }
}

/** Begins to write, and goes on when it is told to. */
async function* shouted(job: RunningJob): AsyncGenerator<string> {
  yield `${process.pid}: `;
  say(`writes ${job.id}`);
  await once(told, 'line');
  yield (await text((await job.upload()).stream)).toUpperCase();
}

const say = (line: string): void => void writeSync(1, `${line}\n`);

/** A worker process of its own for the specs: an engine on the Redis, the directory and with the options of its arguments. */
async function main([url = '', directory = '', options = '{}']: readonly string[]): Promise<void> {
  const store = () => RedisJobStore.open({ url });
  await TestEngine.start(directory, { store, ...(JSON.parse(options) as object) }, [Simulated]);
  say('ready');
}

void main(process.argv.slice(2));
