import { settingsOf } from './bullmq.settings.js';

const connection = { url: 'redis://:secret@localhost' };

describe('the options', () => {
  it('have defaults', () => {
    expect(settingsOf({ connection })).toEqual({
      queue: 'jobs',
      prefix: 'harmonia',
      attempts: 1,
      backoff: { type: 'fixed', delay: 1000, jitter: 0 },
      lockMs: 30_000,
      stalledIntervalMs: 5000,
      refillIntervalMs: 60_000,
    });
    expect(settingsOf({ connection, backoff: { type: 'exponential', delay: 5 } }).backoff).toEqual({
      type: 'exponential',
      delay: 5,
      jitter: 0,
    });
  });

  it.each([
    ['queue', 'a:b'],
    ['prefix', '{a}'],
    ['attempts', 0],
    ['backoff', -1],
    ['backoff', { type: 'linear', delay: 1 }],
    ['lockMs', 2 ** 31],
  ])('are refused with their name and a cure: %s %j', (name, value) => {
    const refused = () => settingsOf({ connection, [name]: value });
    expect(refused).toThrow(new RegExp(`An option of HarmoniaBullmqModule cannot be used.*${name}`));
    expect(refused).not.toThrow('secret');
  });
});
