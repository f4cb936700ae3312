import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayProcess } from '../rig/gateway-process.ts';
import { tokenOf } from '../rig/token.ts';

/** For the start of a gateway that is asked: collects garbage and says what is left. */
export const HELD_MEMORY_HOOK = new URL('../g18/measure-hook.mjs', import.meta.url);

const LONGEST_QUIET_MS = 30_000;
let asked = 0;

/** What a gateway holds when only so many are connected any more, in bytes, garbage and compiled code not counted. */
export async function heldMemoryOf(gateway: GatewayProcess, connected: number): Promise<number> {
  await quiet(gateway, connected);
  process.kill(gateway.pid ?? 0, 'SIGUSR2');
  const line = new RegExp(`^measured ${++asked} .*"heapBytes":(\\d+)`, 'm');
  for (;;) {
    const [, bytes] = line.exec(gateway.output) ?? [];
    if (bytes !== undefined) return Number(bytes);
    if (!gateway.alive) throw new Error(`The gateway has ended.\n${gateway.complaint}`);
    await pause(10);
  }
}

/** Who has gone is kept for a grace, and who never signed in for 8 s. */
async function quiet({ url }: GatewayProcess, connected: number): Promise<void> {
  const headers = { authorization: `Bearer ${tokenOf('root', { roles: ['admin'] })}`, connection: 'close' };
  const deadline = performance.now() + LONGEST_QUIET_MS;
  while (performance.now() < deadline) {
    const { connections } = (await (await fetch(`${url}/api/presence`, { headers })).json()) as { connections: number };
    if (connections <= connected) return;
    await pause(100);
  }
  throw new Error('Somebody is still there after everybody has gone.');
}
