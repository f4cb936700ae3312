import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import type { Logger } from 'pino';

const REQUEST_ID = 'x-request-id';

/**
 * One line a request, when it was answered, with an id that the answer carries as `X-Request-Id`, as does every line that is
 * logged on its behalf. Headers, queries and bodies are not logged: tokens, cookies, tickets and names of files are in them.
 */
export const requestLog = (logger: Logger): Params => ({
  pinoHttp: {
    logger,
    genReqId,
    serializers: {
      req: ({ id, method, url }: { id: unknown; method: string; url: string }) => ({ id, method, path: pathOf(url) }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    // asked every few seconds by machines
    autoLogging: { ignore: ({ url }) => pathOf(url ?? '').startsWith('/health') },
    customLogLevel: (_, { statusCode }, error) => (error || statusCode >= 500 ? 'error' : 'info'),
  },
});

/** That of a proxy in front, when it is one that can be logged as it is. */
function genReqId({ headers }: IncomingMessage, answer: ServerResponse): string {
  const given = headers[REQUEST_ID];
  const id = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
  answer.setHeader(REQUEST_ID, id);
  return id;
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';
