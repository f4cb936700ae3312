import { aJob } from '@harmonia/data-access/testing';
import { progressFigures } from './progress-figures';

const file = { file: { name: 'a.txt', mediaType: 'text/plain', bytes: 2_500_000 } };

describe('progressFigures', () => {
  it.each([
    ['says amount and percent', 'processing', 10, 400, 2, 'Importing', '10 of 400 · 2 %'],
    ['leaves out what the message says', 'processing', 10, 400, 2, 'Step 10 of 400', '2 %'],
    ['reads long figures in the message', 'processing', 1_500, 20_000, 7, 'Row 1,500 of 20,000', '7 %'],
    ['does not mistake other figures for the amount', 'processing', 10, 400, 2, 'Step 110 of 4', '10 of 400 · 2 %'],
    ['says percent of a hundred once', 'processing', 25, 100, 25, '', '25 %'],
    ['says how far a job came whose message is gone', 'failed', 10, 400, 2, 'Step 10 of 400', '10 of 400 · 2 %'],
    ['[R5] counts where there is no total', 'processing', 1_234, null, 0, '', '1,234'],
    ['[R5] counts nothing before the first', 'processing', 0, null, 0, '', ''],
    ['says nothing of what is done', 'completed', 400, 400, 100, '', ''],
  ] as const)('%s', (_, status, current, total, percentage, message, figures) => {
    expect(progressFigures(aJob({ status }), { current, total, percentage, message })).toBe(figures);
  });

  it('counts bytes as such where the total is the size of the file', () => {
    const job = aJob({ status: 'processing', input: file });
    expect(progressFigures(job, { current: 500_000, total: 2_500_000, percentage: 20, message: '' })).toBe('500 kB of 2.5 MB · 20 %');
    expect(progressFigures(job, { current: 5, total: 20, percentage: 25, message: '' })).toBe('5 of 20 · 25 %');
  });
});
