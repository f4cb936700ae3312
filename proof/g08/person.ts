import type { Random } from '../rig/random.ts';
import { askOverHttp, SessionSocket } from '../rig/session-socket.ts';
import { tokenOf } from '../rig/token.ts';

/** A node as whoever signs in sees it. */
export interface SessionNode {
  readonly url: string;
  /** From when on the node reaches its store again, ms since 1970; 0: it always did. */
  reachesStoreSince: number;
}

/** What came of the sockets of somebody whose sessions were ended. */
export interface Farewell {
  /** From the ending, or from when its node reached the store again, until each socket was gone, ms. */
  readonly lateMs: readonly number[];
  readonly stayed: number;
  readonly wronglyClosed: number;
  readonly admitted: number;
  readonly faults: readonly string[];
}

/** A socket that is there for longer is not closed at all. */
const PATIENCE_MS = 6000;
const admin = tokenOf('root', { roles: ['admin'] });

const inSeconds = (later = 0): number => Math.floor(Date.now() / 1000) + later;

interface Place {
  readonly socket: SessionSocket;
  readonly node: SessionNode;
  readonly sid: string;
}

/** Somebody with two sessions, and sockets of both at all nodes. */
export class Person {
  private readonly userId: string;
  private readonly nodes: readonly SessionNode[];
  private readonly tokens = new Map<string, string>();
  private readonly places: Place[] = [];
  private readonly faults: string[] = [];
  private endsAll = false;
  private endedAt = 0;

  constructor(userId: string, nodes: readonly SessionNode[]) {
    this.userId = userId;
    this.nodes = nodes;
    for (const sid of ['home', 'away']) this.tokens.set(sid, tokenOf(userId, { sid, iat: inSeconds() }));
  }

  async signIn(random: Random): Promise<void> {
    for (const [sid, token] of this.tokens) {
      for (const node of this.nodes) {
        for (let count = random.between(1, 2); count > 0; count--) {
          const socket = await SessionSocket.open(node.url, token, random.next() < 0.5);
          if (typeof socket === 'string') this.faults.push(`was refused at first: ${socket}`);
          else this.places.push({ socket, node, sid });
        }
      }
    }
  }

  /** Signs out of one session, or an admin ends both. */
  async signOut(random: Random, node: SessionNode): Promise<void> {
    this.endsAll = random.next() < 0.5;
    this.endedAt = Date.now();
    const { outcome } = this.endsAll
      ? await askOverHttp(node.url, admin, 'DELETE', `/api/users/${this.userId}/sessions`)
      : await askOverHttp(node.url, this.tokens.get('home') ?? '', 'DELETE', '/api/session');
    if (outcome !== 'ok') this.faults.push(`could not be ended: ${outcome}`);
  }

  async farewell(): Promise<Farewell> {
    const isOver = ({ sid }: Place) => this.endsAll || sid === 'home';
    const lateMs = await Promise.all(this.places.filter(isOver).map((place) => this.lateness(place)));
    const admitted = await this.knock();
    const others = this.places.filter((place) => !isOver(place));
    const wronglyClosed = others.filter(({ socket }) => !socket.isOpen).length;
    await this.signInAnew();
    this.places.forEach(({ socket }) => socket.close());
    const gone = lateMs.filter((late) => late !== null);
    return { lateMs: gone, stayed: lateMs.length - gone.length, wronglyClosed, admitted, faults: this.faults };
  }

  private async lateness({ socket, node }: Place): Promise<number | null> {
    const closing = await Promise.race([socket.closed, new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref())]);
    if (closing && closing.code !== 'session-ended') this.faults.push(`was closed with ${closing.code}`);
    return closing && Math.max(0, closing.at - Math.max(this.endedAt, node.reachesStoreSince));
  }

  private async knock(): Promise<number> {
    const tokens = [...this.tokens].flatMap(([sid, token]) => (this.endsAll || sid === 'home' ? [token] : []));
    const said: string[] = [];
    for (const { url } of this.nodes) {
      for (const token of tokens) {
        const socket = await SessionSocket.open(url, token, true);
        if (typeof socket !== 'string') socket.close();
        said.push(typeof socket === 'string' ? socket : 'ok', (await askOverHttp(url, token, 'GET', '/api/jobs')).outcome);
      }
    }
    const others = said.filter((outcome) => outcome !== 'ok' && outcome !== 'session-ended');
    this.faults.push(...others.map((outcome) => `a session that was ended was answered: ${outcome}`));
    return said.filter((outcome) => outcome === 'ok').length;
  }

  /** Of this second are those from before the ending, too. */
  private async signInAnew(): Promise<void> {
    const token = tokenOf(this.userId, { sid: 'anew', iat: inSeconds(1) });
    for (const { url } of this.nodes) {
      const socket = await SessionSocket.open(url, token, true);
      if (typeof socket === 'string') this.faults.push(`could not sign in anew: ${socket}`);
      else socket.close();
    }
  }
}
