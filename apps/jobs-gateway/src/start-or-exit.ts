import { StartError } from './config.js';

/** Starts a process; what it lacks is told in sentences, and ends it with 1. */
export async function startOrExit(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    console.error(error instanceof StartError ? `Harmonia cannot start:\n- ${error.problems.join('\n- ')}` : error);
    process.exit(1);
  }
}
