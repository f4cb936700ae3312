import { isLegalTransition, isTerminal, JOB_STATUSES, LEGAL_TRANSITIONS, REQUEUE_REASONS } from './job-status.js';

const legal = new Set([
  'queued → processing',
  'queued → failed',
  'queued → cancelled',
  'processing → queued',
  'processing → completed',
  'processing → failed',
  'processing → cancelled',
  'failed → queued',
  'cancelled → queued',
]);

const pairs = JOB_STATUSES.flatMap((from) => JOB_STATUSES.map((to) => [from, to] as const));

describe('[R3] transitions', () => {
  it.each(pairs)('%s → %s', (from, to) => {
    expect(isLegalTransition(from, to)).toBe(legal.has(`${from} → ${to}`));
  });

  it('cover every pair and no other', () => {
    expect(pairs).toHaveLength(25);
    expect(Object.values(LEGAL_TRANSITIONS).flat()).toHaveLength(legal.size);
  });

  it('leave an ended attempt only for the queue, and completed never', () => {
    const fromEnded = JOB_STATUSES.filter(isTerminal).map((status) => [status, LEGAL_TRANSITIONS[status]]);
    expect(fromEnded).toEqual([
      ['completed', []],
      ['failed', ['queued']],
      ['cancelled', ['queued']],
    ]);
  });

  it('give two reasons for going back that are no failure', () => expect(REQUEUE_REASONS).toEqual(['interrupted', 'retrying']));
});
