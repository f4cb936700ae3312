import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** What Express makes of its setting `trust proxy`: whether an address, so many hops away, is a proxy of ours. */
type TrustsProxy = (address: string, hops: number) => boolean;

/** Where clients are, as Express sees them: behind the proxies that the host trusts, and behind no others. */
@Injectable()
export class ClientAddresses {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** The address of the client, also of a request that Express never sees, such as one that opens a websocket. */
  of(request: IncomingMessage): string {
    const trusts = this.trustsProxy();
    const forwarded = [request.headers['x-forwarded-for'] ?? ''].flat().join().split(',');
    const hops = [request.socket.remoteAddress ?? '', ...forwarded.map((part) => part.trim()).reverse()].filter((part) => part !== '');
    const client = hops.findIndex((address, index) => !trusts(address, index));
    return hops[client] ?? hops.at(-1) ?? '';
  }

  private trustsProxy(): TrustsProxy {
    // other servers than Express have no such setting
    const setting: unknown = this.adapterHost.httpAdapter?.getInstance<{ get?: (name: string) => unknown }>()?.get?.('trust proxy fn');
    return isTrust(setting) ? setting : () => false;
  }
}

/** Express compiles the setting to such a function, whatever the host has said. */
const isTrust = (value: unknown): value is TrustsProxy => typeof value === 'function';

/** Whose an address is: whoever has one of IPv6 has 2^64 of them, all with the same first half. */
export function holderOf(address: string): string {
  const [plain = ''] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const left = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array.from({ length: left }, () => '0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}
