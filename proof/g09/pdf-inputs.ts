import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { mutated } from './mutated.ts';

const SAMPLE = new URL('../../apps/jobs-console/public/sample.pdf', import.meta.url);
/** A job that has not ended by then hangs. */
const PATIENCE_MS = 60_000;

/** What became of PDFs. */
export interface Pdfs {
  readonly pdfs: number;
  /** Neither refused at the door nor ended as a job. */
  readonly hung: number;
}

/** A real PDF, broken in ever new places: each is refused, or its job completes or fails with a reason. */
export async function uploadAnything(url: string, random: Random, until: number): Promise<Pdfs> {
  const sample = await readFile(SAMPLE);
  const headers = { authorization: `Bearer ${tokenOf('fuzz-pdf')}` };
  let [pdfs, hung] = [0, 0];
  while (performance.now() < until) {
    const form = new FormData();
    form.append('jobType', 'pdf-notes');
    let pdf: Buffer = sample;
    for (let times = random.between(1, 30); times > 0; times--) pdf = mutated(random, pdf);
    form.append('file', new Blob([Buffer.concat([pdf])]), 'fuzz.pdf');
    const answer = await fetch(`${url}/api/jobs`, { method: 'POST', headers, body: form });
    const said = (await answer.json()) as { id?: string };
    pdfs++;
    if (answer.ok && said.id !== undefined && !(await hasEnded(`${url}/api/jobs/${said.id}`, headers))) hung++;
  }
  return { pdfs, hung };
}

async function hasEnded(url: string, headers: Record<string, string>): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const { status } = (await (await fetch(url, { headers })).json()) as { status?: string };
    if (status === 'completed' || status === 'failed') return true;
    await pause(50);
  }
  return false;
}
