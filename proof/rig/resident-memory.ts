import { readFile } from 'node:fs/promises';

const KIB = 1024;

/** Resident memory of a process, in bytes; null where there is no /proc, as on macOS. */
export async function residentMemoryOf(pid: number | undefined): Promise<number | null> {
  try {
    const [, kib] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? null : Number(kib) * KIB;
  } catch {
    return null;
  }
}

/** Watches it while something goes on: the highest that was seen. */
export class MemoryPeak {
  highest: number | null = null;
  private readonly looking: NodeJS.Timeout;

  constructor(pid: number | undefined) {
    const look = async () => {
      const now = await residentMemoryOf(pid);
      if (now !== null) this.highest = Math.max(now, this.highest ?? 0);
    };
    this.looking = setInterval(() => void look(), 50);
  }

  stop(): number | null {
    clearInterval(this.looking);
    return this.highest;
  }
}

/** As MiB with one digit. */
export const inMib = (bytes: number | null): number | null => (bytes === null ? null : Math.round((bytes / 2 ** 20) * 10) / 10);
