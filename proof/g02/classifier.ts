/** One answer: how long it took, in ms, and whether the job was there. */
export interface Timing {
  readonly ms: number;
  readonly isThere: boolean;
}

/**
 * How often a threshold tells a job that is there from one that is not, by the time of the answer alone: learned on one half of
 * the timings, in the direction in which it works better there, scored on the other. 0.5 is a guess.
 */
export function classifierScore(timings: readonly Timing[]): number {
  const learned = timings.filter((_, index) => index % 4 < 2);
  const scored = timings.filter((_, index) => index % 4 >= 2);
  const { threshold, isLonger } = bestThreshold(learned);
  const right = scored.filter(({ ms, isThere }) => ms > threshold === (isThere === isLonger));
  return right.length / scored.length;
}

/** Between any two timings, and at both ends. */
function bestThreshold(timings: readonly Timing[]): { threshold: number; isLonger: boolean } {
  const sorted = timings.toSorted((a, b) => a.ms - b.ms);
  const there = sorted.filter(({ isThere }) => isThere).length;
  let below = 0;
  let best = { lead: -1, threshold: 0, isLonger: true };
  for (const [index, { ms, isThere }] of sorted.entries()) {
    below += isThere ? 1 : 0;
    // right when whatever is longer is there: those there above, those missing below
    const right = there - below + (index + 1 - below);
    const lead = Math.abs(right - sorted.length / 2);
    if (lead > best.lead) best = { lead, threshold: ms, isLonger: right > sorted.length / 2 };
  }
  return best;
}
