import { Lines } from './lines.js';

const linesOf = (...numbers: number[]): Lines => {
  const lines = new Lines();
  numbers.forEach((number) => lines.add(`job-${number} 2 p 0`, number));
  return lines;
};

describe('[E4] lines of frames', () => {
  it('are found to be the same by their sign, and then by comparison', () => {
    expect(linesOf(1, 7).sign).toBe(linesOf(1, 7).sign);
    expect(linesOf(1, 7).equals(linesOf(1, 7))).toBe(true);
    expect(linesOf(1, 7).sign).not.toBe(linesOf(1, 8).sign);
  });

  it('are not taken for others that have the same sign', () => {
    expect(linesOf(1, 64).sign).toBe(linesOf(2, 33).sign);
    expect(linesOf(1, 64).equals(linesOf(2, 33))).toBe(false);
    expect(linesOf(1).equals(linesOf(1, 2))).toBe(false);
  });
});
