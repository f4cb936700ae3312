import { FileSize } from './file-size';

describe('FileSize', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1_536_000, '1.5 MB'],
    [2_000_000_000_000_000, '2,000 TB'],
  ])('reads %d as %s', (bytes, words) => {
    expect(new FileSize().transform(bytes)).toBe(words);
  });
});
