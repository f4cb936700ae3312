import { EventEmitter, once } from 'node:events';
import { endInTime } from './start-or-exit.js';

describe('[G18] a process that is told to stop', () => {
  it('is ended by force when something does not let go, and not before', async () => {
    const told = jest.spyOn(console, 'error').mockReturnValue();
    const own = new EventEmitter();
    const exited = once(own, 'exited');
    const exit = (code: number): never => own.emit('exited', code) as never;
    endInTime(Object.assign(own, { exit }) as never, 50);
    const began = performance.now();
    own.emit('SIGTERM');
    // the timer alone would not keep a process that is done
    const alive = setInterval(() => undefined, 1000);
    expect(await exited).toEqual([1]);
    clearInterval(alive);
    expect(performance.now() - began).toBeGreaterThanOrEqual(49);
    expect(told).toHaveBeenCalledWith(expect.stringContaining('ended by force'));
    told.mockRestore();
  });
});
