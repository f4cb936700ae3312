import { JobWatchSchema, type Acknowledgement } from '@harmonia/contract';
import { Injectable, Logger } from '@nestjs/common';
import * as v from 'valibot';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { refusalOf } from '../connection/refusal-of.js';
import { JobVerbs } from './job-verbs.js';
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

  constructor(private readonly verbs: JobVerbs) {}

  listen(socket: HarmoniaSocket, watcher: Watcher): void {
    socket.onAny((verb: unknown, ...args: unknown[]) => {
      const request = requestOf(verb, args);
      // a gateway of the host may share the namespace; Socket.IO itself listens to "error"
      const isTheHosts = request.verb !== 'error' && socket.listenerCount(request.verb) > 0;
      if (this.verbs.has(request.verb) || !isTheHosts) watcher.inTurn(() => this.answer(request, socket, watcher));
    });
  }

  private async answer(request: JobRequest, socket: HarmoniaSocket, watcher: Watcher): Promise<void> {
    const { verb, payload, acknowledge } = request;
    try {
      await this.verbs.run(verb, watcher, payload, (data) => acknowledge?.({ ok: true, data }));
    } catch (error) {
      const refusal = refusalOf(error, 'A request', this.log);
      if (acknowledge) acknowledge({ ok: false, error: refusal });
      else socket.emit('exception', { ...refusal, verb: verb.slice(0, MOST_OF_A_VERB), ...jobNamedIn(payload) });
    }
  }
}

const MOST_OF_A_VERB = 64;

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
