import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** Stands before a gateway as some proxies do: HTTP passes, a websocket only while the gate is open. */
export class SocketGate {
  isOpen = false;
  private readonly server: Server;

  private constructor(gateway: URL) {
    this.server = createServer((caller) => {
      caller.on('error', () => caller.destroy());
      caller.once('data', (head) => {
        if (this.isOpen || !/^upgrade: websocket/im.test(head.toString('latin1'))) passOn(caller, head, gateway);
        else caller.destroy();
      });
    });
  }

  static async before(gateway: string): Promise<SocketGate> {
    const gate = new SocketGate(new URL(gateway));
    await once(gate.server.listen(0, '127.0.0.1'), 'listening');
    return gate;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  close(): void {
    this.server.close();
  }
}

function passOn(caller: Socket, head: Buffer, { port, hostname }: URL): void {
  const onward = connect(Number(port), hostname);
  onward.write(head);
  pipeline(caller, onward, caller, () => onward.destroy());
}
