import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { Logger } from '@nestjs/common';
import { NodeWire } from './node-wire.suite.js';
import { RedisNodeBus } from './redis-node-bus.js';

/** A bus that remembers what it heard. */
class Node {
  readonly heard: unknown[] = [];
  readonly bus: RedisNodeBus;

  constructor(url: string, prefix?: string) {
    this.bus = new RedisNodeBus(url, prefix);
    this.bus.subscribe('news', (message) => this.heard.push(message));
  }

  /** Says it again until the other has heard it. */
  async reaches(other: Node, message: string): Promise<void> {
    while (!other.heard.includes(message)) {
      await this.bus.publish('news', message);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

describeWithRedis('nodes over Redis', () => {
  let redis: RedisServer;
  let nodes: Node[] = [];
  const node = (url = redis.url, prefix?: string) => {
    const made = new Node(url, prefix);
    nodes.push(made);
    return made;
  };
  beforeAll(async () => {
    Logger.overrideLogger(false);
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    await Promise.all(nodes.map(({ bus }) => bus.close()));
    nodes = [];
  });
  afterAll(async () => {
    await redis.remove();
    Logger.overrideLogger(new Logger());
  });

  it('[P4] hear each other and never themselves, those of another prefix never', async () => {
    const [ann, ben, stranger] = [node(), node(), node(undefined, 'other')];
    await ann.reaches(ben, 'hello');
    await ben.reaches(ann, 'hello yourself');
    await stranger.bus.publish('news', 'psst');
    await ben.reaches(ann, 'the last');
    expect(new Set(ann.heard)).toEqual(new Set(['hello yourself', 'the last']));
    expect(new Set(ben.heard)).toEqual(new Set(['hello']));
    expect(stranger.heard).toEqual([]);
  });

  it('[P4] hear only the topics they asked for, and nothing that is not of a node', async () => {
    const [ann, ben] = [node(), node()];
    await ann.reaches(ben, 'hello');
    await ann.bus.publish('gossip', 'ignored');
    for (const forged of ['', 'null', '[1,2]', '{"from":"x"}', '["x","y","z"]']) redis.command('PUBLISH', 'harmonia:nodes:news', forged);
    await ann.reaches(ben, 'the last');
    expect(new Set(ben.heard)).toEqual(new Set(['hello', 'the last']));
  });

  it('[P4] go on when one of them cannot use what it heard', async () => {
    const [ann, ben] = [node(), node()];
    ben.bus.subscribe('trouble', () => {
      throw new Error('What is this?');
    });
    await ann.reaches(ben, 'hello');
    await ann.bus.publish('trouble', 'x');
    await ann.reaches(ben, 'still there');
    expect(new Set(ben.heard)).toEqual(new Set(['hello', 'still there']));
  });

  it('[P4, G13] say no while Redis is away, and find each other again when it is back', async () => {
    const [ann, ben] = [node(), node()];
    await ann.reaches(ben, 'before');
    await redis.kill();
    const silence = Date.now();
    expect(await ann.bus.publish('news', 'lost')).toBe(false);
    expect(Date.now() - silence).toBeLessThan(1000);
    await redis.start();
    await ann.reaches(ben, 'after');
    expect(ben.heard).not.toContain('lost');
  });

  it('[P4] find each other again when a connection breaks in the middle', async () => {
    const wire = await NodeWire.start(redis.url);
    const [ann, ben] = [node(), node(wire.url)];
    for (const round of ['first', 'second', 'third']) {
      await ann.reaches(ben, round);
      await ben.reaches(ann, round);
      wire.cut();
    }
    expect(new Set(ben.heard)).toEqual(new Set(['first', 'second', 'third']));
    await wire.close();
  });

  it('[P4] may be started before Redis is', async () => {
    await redis.kill();
    const [ann, ben] = [node(), node()];
    expect(await ann.bus.publish('news', 'lost')).toBe(false);
    await redis.start();
    await ann.reaches(ben, 'hello');
    expect(ben.heard).not.toContain('lost');
  });
});
