import { TextCount } from './text-count.js';

const countOf = (...pieces: string[]): [lines: number, words: number] => {
  const count = new TextCount();
  for (const piece of pieces) count.add(Buffer.from(piece));
  return [count.lines, count.words];
};

describe('TextCount', () => {
  it.each<[string, [number, number]]>([
    ['', [0, 0]],
    ['\n', [1, 0]],
    ['one', [1, 1]],
    ['one two\n', [1, 2]],
    ['one\r\n\ttwo  three\n\nfour', [4, 4]],
    ['größer als Ärger', [1, 3]],
  ])('counts lines and words of %j', (text, expected) => {
    expect(countOf(text)).toEqual(expected);
  });

  it('does not care where the pieces are cut', () => {
    const text = 'a lost  letter\ncrossed the\r\nbay';
    for (let at = 0; at <= text.length; at++) expect(countOf(text.slice(0, at), text.slice(at))).toEqual([3, 6]);
  });
});
