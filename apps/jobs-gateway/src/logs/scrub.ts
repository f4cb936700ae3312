/** What no log may hold: web tokens, what follows `Bearer`, and tickets in addresses. */
const SECRETS = /eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|(?<=\bBearer\s+)[^\s"',]+|(?<=\b(?:ticket|token|sid)=)[^\s"'&]+/g;

/**
 * A line of the log without secrets. Nothing that is logged on purpose holds any: this is for errors of libraries that repeat
 * what they were given.
 *
 * @example scrub('GET /result?ticket=abc'); // 'GET /result?ticket=***'
 */
export const scrub = (line: string): string => line.replace(SECRETS, '***');
