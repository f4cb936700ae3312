import { StartError } from './config.js';

/** Less than the 10 s after which whoever stopped a process is likely to kill it. */
const END_WITHIN_MS = 9500;

/** Starts a process; what it lacks is told in sentences, and ends it with 1. Once told to stop it ends in time. */
export async function startOrExit(start: () => Promise<void>): Promise<void> {
  try {
    await start();
    endInTime();
  } catch (error) {
    console.error(error instanceof StartError ? `Harmonia cannot start:\n- ${error.problems.join('\n- ')}` : error);
    process.exit(1);
  }
}

/** Whatever does not let go, as a Redis that is silent: what this process was doing others take over [R10]. */
export function endInTime(own: Pick<NodeJS.Process, 'once' | 'exit'> = process, withinMs = END_WITHIN_MS): void {
  const end = () => {
    console.error(`Harmonia did not end within ${withinMs} ms of being told to, and was ended by force: the log says what held it.`);
    own.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) own.once(signal, () => setTimeout(end, withinMs).unref());
}
