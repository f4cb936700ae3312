import { readFile } from 'node:fs/promises';

const MS_PER_TICK = 10;

/** Processor time that a process has taken so far, in ms; null where there is no /proc, as on macOS. */
export async function cpuTimeOf(pid: number | undefined): Promise<number | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // the name of the program, in brackets, may hold blanks
    const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(user) + Number(system)) * MS_PER_TICK;
  } catch {
    return null;
  }
}
