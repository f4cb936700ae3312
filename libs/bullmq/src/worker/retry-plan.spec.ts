import type { JobHistoryEntry } from '@harmonia/contract';
import { RetryPlan } from './retry-plan.js';

type Change = Pick<JobHistoryEntry, 'status' | 'reason'>;

const created: Change = { status: 'queued' };
const begun: Change = { status: 'processing' };
const again: Change = { status: 'queued', reason: 'retrying' };
const cutOff: Change = { status: 'queued', reason: 'interrupted' };

const history = (...changes: Change[]): JobHistoryEntry[] =>
  changes.map((change, index) => ({ version: index + 1, attempt: 1, at: '', progress: null, ...change }));

describe('the plan of retries', () => {
  const plan = new RetryPlan({ attempts: 3, backoff: { type: 'exponential', delay: 100, jitter: 0 } });

  it('[R3] waits longer each time, and ends', () => {
    expect(plan.delayAfter(history(created, begun))).toBe(100);
    expect(plan.delayAfter(history(created, begun, again, begun))).toBe(200);
    expect(plan.delayAfter(history(created, begun, again, begun, again, begun))).toBeNull();
  });

  it('does not count attempts that were cut off, and begins anew with a retry on request', () => {
    expect(plan.delayAfter(history(created, begun, cutOff, begun, cutOff, begun))).toBe(100);
    expect(plan.delayAfter(history(created, begun, again, begun, again, begun, { status: 'failed' }, created, begun))).toBe(100);
  });

  it('waits as long each time when it is told so', () => {
    const fixed = new RetryPlan({ attempts: 3, backoff: { type: 'fixed', delay: 70, jitter: 0 } });
    expect(fixed.delayAfter(history(created, begun, again, begun))).toBe(70);
  });
});
