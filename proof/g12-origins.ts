import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test-processes/free-port.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { frame, RawSocket, TEXT } from './rig/raw-socket.ts';
import { Random } from './rig/random.ts';
import { SECRET, tokenOf } from './rig/token.ts';

const LISTED = ['https://console.example', 'http://localhost:4200'];

/** What the campaign prints. */
export interface OriginFigures extends Figures {
  readonly promise: 'G12';
  /** Strange origins that were tried, over both transports together. */
  readonly cases: number;
  readonly admitted: number;
  /** Those let in, where `admitted` is not 0. */
  readonly leaks: readonly string[];
  /** Listed origins, the server's own and clients that are no pages: all of them have to be let in. */
  readonly friends: number;
  readonly friendsAdmitted: number;
}

/** [G12] Pages of every other origin that looks like a listed one, with a good token, over both transports. */
export async function proveOrigins({ seed, seconds }: ProofOptions): Promise<OriginFigures> {
  const started = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g12-'));
  const env = { JWT_SECRET: SECRET, DEMO_AUTH: 'false', CORS_ORIGINS: LISTED.join() };
  const gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env });
  try {
    const strangers = strangeOrigins(new Random(seed), seconds * 10);
    const leaks: string[] = [];
    for (const origin of strangers) for (const enter of [overWebsocket, overPolling]) if (await enter(gateway, origin)) leaks.push(origin);
    const friends = [...LISTED, `http://127.0.0.1:${gateway.port}`, null];
    let friendsAdmitted = 0;
    for (const origin of friends) for (const enter of [overWebsocket, overPolling]) if (await enter(gateway, origin)) friendsAdmitted++;
    const broken = leaks.length > 0 || friendsAdmitted < friends.length * 2;
    const figures = { cases: strangers.length * 2, admitted: leaks.length, leaks, friends: friends.length * 2, friendsAdmitted };
    return { promise: 'G12', ...figures, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    await gateway.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** What a check that compares a little less than all of it would let in. */
function strangeOrigins(random: Random, generated: number): string[] {
  const near = LISTED.flatMap((origin) => {
    const { protocol, host, hostname } = new URL(origin);
    return [
      `${protocol === 'http:' ? 'https:' : 'http:'}//${host}`,
      `${origin}.evil.example`,
      `${protocol}//evil.${hostname}`,
      `${protocol}//${hostname}.`,
      `${protocol}//${hostname}:81`,
      `${protocol}//evil.example/${host}`,
      `${protocol}//${host}@evil.example`,
      `${protocol}//evil.example#${host}`,
      `${protocol}//evil.example?${origin}`,
      `${origin}/`,
      `${origin},https://evil.example`,
      `https://evil.example ${origin}`,
      origin.toUpperCase(),
      `${origin}%00`,
      `file://${host}`,
    ];
  });
  const plain = [
    'null',
    'https://evil.example',
    'http://[::1]',
    'http://127.0.0.1:1',
    'http://0.0.0.0',
    'chrome-extension://abc',
    'x',
    '*',
  ];
  return [...near, ...plain, ...Array.from({ length: generated }, () => mutated(random))];
}

/** A listed origin with one character changed, dropped or added. */
function mutated(random: Random): string {
  const origin = random.pick(LISTED) ?? '';
  const at = random.between(0, origin.length - 1);
  const letter = String.fromCharCode(random.between(33, 126));
  const others = [origin.slice(0, at) + letter + origin.slice(at + 1), origin.slice(0, at) + origin.slice(at + 1), `${origin}${letter}`];
  const other = random.pick(others) ?? '';
  return LISTED.includes(other) ? 'https://evil.example' : other;
}

async function overWebsocket({ port }: GatewayProcess, origin: string | null): Promise<boolean> {
  const socket = await RawSocket.upgraded(port, origin === null ? {} : { Origin: origin });
  if (socket.heard.includes(' 101 ')) await socket.write(frame(TEXT, `40${JSON.stringify({ token: tokenOf('ann') })}`));
  const isIn = socket.heard.includes(' 101 ') && (await socket.hears('authenticated', 1000));
  socket.end();
  return isIn;
}

/** A browser would not let a page set the header; whoever attacks from elsewhere brings no cookies of the user. */
async function overPolling({ url }: GatewayProcess, origin: string | null): Promise<boolean> {
  const headers: Record<string, string> = origin === null ? {} : { origin };
  const opened = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers });
  const text = await opened.text();
  const [, sid] = /"sid":"([^"]+)"/.exec(text) ?? [];
  if (!opened.ok || sid === undefined) return false;
  const session = `${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
  await fetch(session, { method: 'POST', headers, body: `40${JSON.stringify({ token: tokenOf('ann') })}` });
  const answer = await (await fetch(session, { headers })).text();
  // who was let in leaves, so that there is room for the next
  await fetch(session, { method: 'POST', headers, body: '1' }).catch(() => null);
  return answer.startsWith('40');
}
