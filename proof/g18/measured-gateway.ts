import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../test-processes/free-port.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import { SECRET, tokenOf } from '../rig/token.ts';

const HOOK = new URL('./measure-hook.mjs', import.meta.url);
const LONGEST_QUIET_MS = 30_000;

/** How much a process holds, after its garbage was collected. */
export interface Measurement {
  /** Of JavaScript without its compiled code, and what belongs to it outside of the heap. */
  readonly heapBytes: number;
  /** Sockets, servers, timers: what keeps a process alive. */
  readonly handles: number;
  /** Of the process itself. */
  readonly listeners: number;
  /** How often Node warned that an emitter has too many listeners. */
  readonly tooManyListeners: number;
}

/** How many of them something still refers to. */
export interface Count {
  /** Everything that can have listeners. */
  readonly emitters: number;
  /** Each listener is one, each waiting callback, and all of the program itself. */
  readonly functions: number;
}

/** The built gateway, which says what it holds. */
export class MeasuredGateway {
  readonly process: GatewayProcess;
  private readonly asked = { measured: 0, counted: 0 };

  private constructor(process: GatewayProcess) {
    this.process = process;
  }

  static async start(dataDir: string, redisUrl: string): Promise<MeasuredGateway> {
    const env = { JWT_SECRET: SECRET, DEMO_AUTH: 'false', RUN_JOBS: 'false', REDIS_URL: redisUrl };
    return new MeasuredGateway(await GatewayProcess.start({ dataDir, port: await freePort(), env, hook: HOOK }));
  }

  get url(): string {
    return this.process.url;
  }

  measure(): Promise<Measurement> {
    return this.ask('SIGUSR2', 'measured');
  }

  count(): Promise<Count> {
    return this.ask('SIGHUP', 'counted');
  }

  /** When nobody is there any more, as the gateway itself says. */
  async quiet(): Promise<void> {
    const deadline = Date.now() + LONGEST_QUIET_MS;
    const headers = { authorization: `Bearer ${tokenOf('root', { roles: ['admin'] })}`, connection: 'close' };
    while (Date.now() < deadline) {
      const presence = (await (await fetch(`${this.url}/api/presence`, { headers })).json()) as { count: number; connections: number };
      if (presence.count + presence.connections === 0) return;
      await pause(100);
    }
    throw new Error('Somebody is still there after everybody has gone.');
  }

  /** What the hook says to a signal. */
  private async ask<Figures>(signal: NodeJS.Signals, what: keyof MeasuredGateway['asked']): Promise<Figures> {
    process.kill(this.process.pid ?? 0, signal);
    const line = new RegExp(`^${what} ${++this.asked[what]} (.+)$`, 'm');
    for (;;) {
      const [, figures] = line.exec(this.process.output) ?? [];
      // the hook writes it
      if (figures !== undefined) return JSON.parse(figures) as Figures;
      if (!this.process.alive) throw new Error(`The gateway ended with ${this.process.end}.\n${this.process.complaint}`);
      await pause(20);
    }
  }
}
