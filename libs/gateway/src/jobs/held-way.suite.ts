import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server on which nothing arrives while it is held, as with a client that stops reading; what it says gets through. */
export class HeldWay {
  private readonly ends = new Map<Socket, Socket>();
  private readonly way: Server;
  private isHeld = false;

  private constructor(port: number) {
    this.way = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      this.ends.set(far, near);
      near.pipe(far);
      if (!this.isHeld) far.pipe(near);
      [near, far].forEach((end) => end.on('error', () => end.destroy()));
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
    });
  }

  static async to(url: string): Promise<HeldWay> {
    const way = new HeldWay(Number(new URL(url).port));
    await new Promise<void>((resolve) => way.way.listen(0, '127.0.0.1', resolve));
    return way;
  }

  get url(): string {
    const address = this.way.address();
    assert(address !== null && typeof address === 'object');
    return `http://127.0.0.1:${address.port}`;
  }

  hold(): void {
    this.isHeld = true;
    this.ends.forEach((near, far) => far.unpipe(near).pause());
  }

  release(): void {
    this.isHeld = false;
    this.ends.forEach((near, far) => far.pipe(near));
  }

  close(): void {
    this.ends.forEach((near, far) => [near, far].forEach((end) => end.destroy()));
    this.way.close();
  }
}
