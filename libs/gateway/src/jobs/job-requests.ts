import { JobWatchSchema, type Acknowledgement } from '@harmonia/contract';
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as v from 'valibot';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { refusalOf } from '../connection/refusal-of.js';
import { GatewayCounts } from '../operations/gateway-counts.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { EventLimit } from '../limits/event-limit.js';
import { limitsOf, type Limits } from '../limits/limits.js';
import type { RawConnection } from '../limits/raw-connection.js';
import { JobVerbs } from './job-verbs.js';
import { SlowSockets } from './slow-sockets.js';
import type { Watcher } from './watcher.js';

interface JobRequest {
  readonly verb: string;
  readonly payload: unknown;
  /** Null when the client wants no answer. */
  readonly acknowledge: ((answer: Acknowledgement<unknown>) => void) | null;
}

/**
 * Receives what sockets ask: in order, each request is answered or refused, through its acknowledgement or, without one,
 * as `exception`. It listens to the socket itself, since Nest would run the host's global guards, pipes and interceptors
 * on every verb: they know HTTP and the host's own gateways, and one that wraps answers or admits only what the host has
 * marked would break the protocol. What a session may do is asked of the host through `JobAccessPolicy`.
 */
@Injectable()
export class JobRequests {
  private readonly log = new Logger(JobRequests.name);
  private readonly limits: Limits;
  /** Of a connection, so that whoever leaves and comes back on it may not ask as much again. */
  private readonly ofConnections = new WeakMap<RawConnection, EventLimit>();

  constructor(
    private readonly verbs: JobVerbs,
    private readonly counts: GatewayCounts,
    private readonly slow: SlowSockets,
    @Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions,
  ) {
    this.limits = limitsOf(options);
  }

  listen(socket: HarmoniaSocket, watcher: Watcher): void {
    const limit = this.limitOf(socket.conn);
    let unanswered = 0;
    const answer = async (request: JobRequest) => {
      await this.answer(request, socket, watcher);
      unanswered--;
    };
    const hear = (verb: unknown, ...args: unknown[]) => {
      const request = requestOf(verb, args);
      // a gateway of the host may share the namespace; Socket.IO itself listens to "error"
      const isTheHosts = request.verb !== 'error' && socket.listenerCount(request.verb) > 0;
      if (isTheHosts && !this.verbs.has(request.verb)) return;
      if (this.isAdmitted(request, socket, () => limit.admit(request.verb, request.payload, unanswered))) {
        unanswered++;
        return watcher.inTurn(() => answer(request));
      }
      if (!limit.isFlooded) return;
      socket.offAny(hear);
      void watcher.close('rate-limited', FLOODED_MS);
    };
    socket.onAny(hear);
  }

  private limitOf(connection: RawConnection): EventLimit {
    const limit = this.ofConnections.get(connection) ?? new EventLimit(this.limits);
    this.ofConnections.set(connection, limit);
    return limit;
  }

  /** What is too much is refused at once, so that nothing of it waits [L1]. */
  private isAdmitted(request: JobRequest, socket: HarmoniaSocket, admit: () => void): boolean {
    try {
      admit();
      return true;
    } catch (error) {
      this.refuse(error, request, socket);
      return false;
    }
  }

  private async answer(request: JobRequest, socket: HarmoniaSocket, watcher: Watcher): Promise<void> {
    const { verb, payload, acknowledge } = request;
    this.counts.request(this.verbs.has(verb) ? verb : 'unknown');
    await this.slow.untilRead(watcher);
    try {
      await this.verbs.run(verb, watcher, payload, (data) => acknowledge?.({ ok: true, data }));
    } catch (error) {
      this.refuse(error, request, socket);
    }
  }

  private refuse(error: unknown, { verb, payload, acknowledge }: JobRequest, socket: HarmoniaSocket): void {
    const refusal = refusalOf(error, `A request of connection ${socket.id}`, this.log);
    this.counts.refuse('request', refusal.code);
    if (acknowledge) acknowledge({ ok: false, error: refusal });
    else socket.emit('exception', { ...refusal, verb: verb.slice(0, MOST_OF_A_VERB), ...jobNamedIn(payload) });
  }
}

const MOST_OF_A_VERB = 64;
/** How long a client that flooded the server shall stay away, ms. */
const FLOODED_MS = 10_000;

/** What follows the payload is ignored, but for the acknowledgement, which Socket.IO puts last. */
function requestOf(verb: unknown, args: readonly unknown[]): JobRequest {
  const last = args.at(-1);
  if (!isAcknowledge(last)) return { verb: String(verb), payload: args[0], acknowledge: null };
  return { verb: String(verb), payload: args.length > 1 ? args[0] : undefined, acknowledge: last };
}

/** Only Socket.IO can make a function of what a client sends. */
const isAcknowledge = (value: unknown): value is (answer: Acknowledgement<unknown>) => void => typeof value === 'function';

function jobNamedIn(payload: unknown): { jobId?: string } {
  const watch = v.safeParse(JobWatchSchema, payload);
  return watch.success ? watch.output : {};
}
