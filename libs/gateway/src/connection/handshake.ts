import { HandshakeAuthSchema, PROTOCOL, RefusalError, type Refusal } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as v from 'valibot';
import { RefusedHandshakes } from '../audit/refused-handshakes.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import type { HarmoniaSocket, SocketData } from './harmonia-socket.js';
import { admitsHandshake } from '../limits/flood-guard.js';
import { GatewayCounts } from '../operations/gateway-counts.js';
import { OriginList } from './origin-list.js';
import { refusalOf } from './refusal-of.js';
import { credentialsOf } from './session-credentials.js';
import { Admission } from '../sessions/admission.js';
import { rightsOf } from '../sessions/rights.js';

/** How Socket.IO is told: the client gets a `connect_error` with this `data` [E5]. */
class HandshakeRefused extends Error {
  constructor(readonly data: Refusal) {
    super(data.message);
  }
}

/**
 * Lets a socket into Harmonia's namespace when its page, its protocol and its session are in order, before anything of it
 * is heard.
 */
@Injectable()
export class Handshake {
  readonly origins: OriginList;
  private readonly log = new Logger(Handshake.name);
  private isStopping = false;

  constructor(
    @Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions,
    private readonly admission: Admission,
    private readonly counts: GatewayCounts,
    private readonly refused: RefusedHandshakes,
  ) {
    this.origins = new OriginList(options.origins ?? []);
  }

  /** The middleware of the namespace. */
  readonly middleware = (socket: HarmoniaSocket, next: (refused?: Error) => void): void => {
    this.admit(socket).then(
      (data) => {
        // beside whatever a middleware of the host has put there
        Object.assign(socket.data, data);
        next();
      },
      (error: unknown) => next(this.refuse(error, socket)),
    );
  };

  /**
   * Asks again whether a socket that was let in still has its session, for when it may not have been heard that it lost it.
   *
   * @throws RefusalError what a handshake would be refused with, or `access-revoked` when its rights are others by now.
   */
  async confirm(handshake: HarmoniaSocket['handshake'], session: JobSession): Promise<void> {
    const now = await this.authenticate(handshake, spokenIn(handshake.auth).token);
    if (rightsOf(now) !== rightsOf(session)) throw new RefusalError('access-revoked');
  }

  /** @throws RefusalError when nobody is let in with this token, whatever the handshake itself said. */
  authenticate({ headers, address }: HarmoniaSocket['handshake'], token: string | undefined): Promise<JobSession> {
    return this.admission.admit(credentialsOf(headers, address, token));
  }

  /** From now on every handshake is refused with `server-stopping`. */
  stop(): void {
    this.isStopping = true;
  }

  private refuse(error: unknown, { id, request }: HarmoniaSocket): Error {
    const refusal = refusalOf(error, `The handshake of connection ${id}`, this.log);
    this.counts.refuse('handshake', refusal.code);
    this.refused.note(refusal.code, request);
    return new HandshakeRefused(refusal);
  }

  private async admit({ handshake, conn }: HarmoniaSocket): Promise<SocketData> {
    if (!admitsHandshake(conn)) throw new RefusalError('rate-limited');
    if (this.isStopping) throw new RefusalError('server-stopping');
    if (!this.origins.allows(handshake.headers)) throw new RefusalError('origin-forbidden');
    const { protocol, token } = spokenIn(handshake.auth);
    const session = await this.authenticate(handshake, token);
    return { session, isPlain: protocol === undefined, inflates: handshake.auth['inflate'] === true };
  }
}

/** Clients without a token often say null; a token of another kind is as good as a wrong one. */
function spokenIn(auth: Readonly<Record<string, unknown>>) {
  const protocol = auth['protocol'] ?? undefined;
  if (protocol !== undefined && protocol !== PROTOCOL) throw new RefusalError('protocol-unsupported');
  const token = v.safeParse(HandshakeAuthSchema.entries.token, auth['token'] ?? undefined);
  if (!token.success) throw new RefusalError('token-invalid');
  return { protocol, token: token.output };
}
