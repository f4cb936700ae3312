import { remembered } from './remembered';

describe('remembered', () => {
  it('makes once per argument, and forgets what was not asked for the longest', () => {
    const made: string[] = [];
    const ask = remembered((argument) => {
      made.push(argument);
      return { argument };
    }, 2);
    const first = ask('a');
    ask('b');
    expect(ask('a')).toBe(first);
    ask('c');
    expect(ask('a')).toBe(first);
    ask('b');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });
});
