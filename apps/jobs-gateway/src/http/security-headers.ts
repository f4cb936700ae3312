import type { INestApplication } from '@nestjs/common';
import helmet from 'helmet';

/** From this server alone. */
const OWN = "'self'";

/**
 * What a page of this server may do: load what is the server's, and speak to it. Styles are also written into pages, by
 * Angular and by Swagger. The same stands in `deploy/nginx.conf` for the files of the console.
 *
 * @param scripts more sources of scripts, as `'sha256-…'`
 */
export const contentSecurityPolicy = (scripts: readonly string[] = []): string =>
  [
    `default-src ${OWN}`,
    `base-uri ${OWN}`,
    `font-src ${OWN} data:`,
    `form-action ${OWN}`,
    `frame-ancestors 'none'`,
    `img-src ${OWN} data:`,
    `object-src 'none'`,
    `script-src ${[OWN, ...scripts].join(' ')}`,
    `script-src-attr 'none'`,
    `style-src ${OWN} 'unsafe-inline'`,
  ].join('; ');

/** On every answer: nothing may frame it, guess its type, or bring scripts of others into it. */
export function addSecurityHeaders(app: INestApplication): void {
  const rest = helmet({
    contentSecurityPolicy: false,
    // pages of other origins that are listed in CORS_ORIGINS read answers of this server
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // what stands before this server knows whether there is TLS, and says so
    strictTransportSecurity: false,
  });
  const policy = contentSecurityPolicy();
  app.use((_: unknown, response: { setHeader: (name: string, value: string) => void }, next: () => void) => {
    response.setHeader('Content-Security-Policy', policy);
    next();
  });
  app.use(rest);
}
