import type { IncomingHttpHeaders } from 'node:http';

/**
 * Which pages may connect [G12]. CORS does not guard websockets, so the origin is checked here, for both transports. A
 * client that sends no origin is no browser, and no page can lend it its cookies.
 */
export class OriginList {
  readonly origins: readonly string[];

  /** @throws Error for what is not an origin such as `https://console.example`. */
  constructor(origins: readonly string[]) {
    this.origins = origins.map(originOf);
  }

  /** Without an origin, from the server's own, or from a listed one. */
  allows({ origin, host }: IncomingHttpHeaders): boolean {
    return origin === undefined || this.origins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host);
  }
}

function originOf(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null') throw new Error(`"${text}" is no origin: write scheme, host and port of a page, as in https://console.example.`);
  return origin;
}
