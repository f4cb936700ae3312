import { JobFailedError, JobHandler, type JobRunner, type RunningJob, type RunReport } from '@harmonia/job-engine';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { inputOf } from './input.js';

const wholeNumber = (least: number, most: number) => {
  const sentence = `This must be a whole number from ${least} to ${most}.`;
  return v.pipe(v.number(sentence), v.integer(sentence), v.minValue(least, sentence), v.maxValue(most, sentence));
};

const SimulateSchema = v.pipe(
  v.object({
    steps: wholeNumber(1, 10_000),
    /** Before each step. */
    delayMs: wholeNumber(0, 60_000),
    failAtStep: v.optional(wholeNumber(1, 10_000)),
  }),
  v.forward(
    v.check(({ steps, failAtStep = 1 }) => failAtStep <= steps, 'This must be one of the steps.'),
    ['failAtStep'],
  ),
);

/** `simulate`: does nothing, in `steps` steps of `delayMs` each; fails at `failAtStep` when asked to. Progress counts steps. */
@JobHandler('simulate')
export class SimulateHandler implements JobRunner {
  async run(job: RunningJob, report: RunReport, signal: AbortSignal): Promise<{ steps: number }> {
    const { steps, delayMs, failAtStep } = inputOf(job, SimulateSchema);
    for (let step = 1; step <= steps; step++) {
      await pause(delayMs, undefined, { signal });
      if (step === failAtStep) throw new JobFailedError('simulated-failure', `Step ${step} of ${steps} failed, as was asked for.`);
      await report.progress({ current: step, total: steps, message: `Step ${step} of ${steps}` });
    }
    return { steps };
  }
}
