import { resultFile } from './result-file.js';

const file = { outputPath: 'results/a/2/notes.md', fileName: 'notes.md', mediaType: 'text/markdown', bytes: 7 };
const job = { id: 'a', attempt: 2, status: 'completed', result: file } as const;

describe('resultFile', () => {
  it('[R11] answers the file of a completed job', () => {
    expect(resultFile(job)).toEqual(file);
  });

  it.each([
    ['a job that has not completed', { ...job, status: 'failed' as const }],
    ['no file', { ...job, result: { words: 7 } }],
    ['nothing', { ...job, result: null }],
    ['the file of another job', { ...job, result: { ...file, outputPath: 'results/b/2/notes.md' } }],
    ['the file of another attempt', { ...job, result: { ...file, outputPath: 'results/a/1/notes.md' } }],
    ['the file of an attempt that begins alike', { ...job, result: { ...file, outputPath: 'results/a/22/notes.md' } }],
    ['an upload', { ...job, result: { ...file, outputPath: 'uploads/b' } }],
    ['a way out of the store', { ...job, result: { ...file, outputPath: 'results/a/2/../../b/1/notes.md' } }],
  ])('answers null for %s', (_, other) => {
    expect(resultFile(other)).toBeNull();
  });
});
