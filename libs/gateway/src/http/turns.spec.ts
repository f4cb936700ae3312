import { Turns } from './turns.js';

describe('Turns', () => {
  const begun: string[] = [];
  const work = (name: string, until: Promise<unknown>) => async () => {
    begun.push(name);
    await until;
    return name;
  };
  beforeEach(() => begun.splice(0));

  it('lets work on one name happen one after the other, also after a failure', async () => {
    const turns = new Turns();
    let fail: (error: Error) => void = () => undefined;
    const broken = new Promise((_, reject) => (fail = reject));
    const first = turns.take('a', work('first', broken));
    const second = turns.take('a', work('second', Promise.resolve()));
    const third = turns.take('a', work('third', Promise.resolve()));
    await turns.take('b', work('another', Promise.resolve()));
    expect(begun).toEqual(['first', 'another']);
    fail(new Error('It broke.'));
    await expect(first).rejects.toThrow('It broke.');
    expect([await second, await third]).toEqual(['second', 'third']);
    expect(begun).toEqual(['first', 'another', 'second', 'third']);
  });

  it('forgets a name whose work is done', async () => {
    const turns = new Turns();
    await turns.take('a', work('first', Promise.resolve()));
    expect(Reflect.get(turns, 'latest')).toHaveProperty('size', 0);
  });
});
