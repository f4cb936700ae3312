import { CalledProgram } from '../../../test-processes/called-program.ts';

/** Starts a program of a bench as in production, with a collector that it may call, and with more options of Node's. */
export function startProgram(entry: URL, flags: readonly string[] = []): Promise<CalledProgram> {
  return CalledProgram.start(entry, { flags: ['--expose-gc', ...flags], env: { ...process.env, NODE_ENV: 'production' } });
}
