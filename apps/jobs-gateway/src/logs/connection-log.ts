import { JobsGateway } from '@harmonia/gateway';
import { Injectable, Logger, Optional, type OnApplicationBootstrap } from '@nestjs/common';
import * as v from 'valibot';

/** What the gateway keeps with a socket that it let in. */
const SocketDataSchema = v.object({ session: v.object({ userId: v.string() }) });

/** Says, at the level of `debug`, whose connections open and why they close, by the ids that admins see. */
@Injectable()
export class ConnectionLog implements OnApplicationBootstrap {
  private readonly log = new Logger('Connections');

  /** @param gateway none where no sockets are served */
  constructor(@Optional() private readonly gateway?: JobsGateway) {}

  onApplicationBootstrap(): void {
    this.gateway?.server?.on('connection', (socket) => {
      const connectionId = socket.id;
      const { userId } = v.parse(SocketDataSchema, socket.data).session;
      this.log.debug({ connectionId, userId, msg: 'opened' });
      socket.once('disconnect', (reason) => this.log.debug({ connectionId, userId, reason, msg: 'closed' }));
    });
  }
}
