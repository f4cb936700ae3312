import { freePort } from '@harmonia/test-processes';
import { setTimeout as wait } from 'node:timers/promises';
import { RedisConnection } from './redis-connection.js';

describe('a connection to a Redis that is away', () => {
  it('[R1] keeps nobody waiting for longer when the clock of the machine is turned back', async () => {
    const connection = new RedisConnection({
      urls: [`redis://127.0.0.1:${await freePort()}`],
      name: 'spec',
      timeoutMs: 1000,
      patienceMs: 100,
      greet: () => Promise.resolve(),
      onTrouble: () => undefined,
    });
    const refusal = () => connection.ready().catch((error: unknown) => error);
    expect(await refusal()).toMatchObject({ code: 'redis-away' });
    const anHourAgo = Date.now() - 3_600_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(anHourAgo);
    const late = new AbortController();
    const answer = await Promise.race([refusal(), wait(2000, 'still waiting', { signal: late.signal })]);
    late.abort();
    clock.mockRestore();
    connection.close();
    expect(answer).toMatchObject({ code: 'redis-away' });
  });
});
