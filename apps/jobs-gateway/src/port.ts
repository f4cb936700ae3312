import { once } from 'node:events';
import { createServer } from 'node:net';
import * as v from 'valibot';
import { StartError, type Config } from './config.js';

const SystemErrorSchema = v.object({ code: v.string() });

type Address = Pick<Config, 'host' | 'port'>;

/** Tried before anything is opened, so that a taken port starts no job. */
export async function requireFreePort({ host, port }: Address): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), 'listening');
  } catch (error) {
    throw portError(error, { host, port });
  }
  await new Promise((resolve) => probe.close(resolve));
}

/**
 * Why the server cannot listen, in words; any other error as it is.
 *
 * @param prefix of the variables that say where
 */
export function portError(error: unknown, { host, port }: Address, prefix: '' | 'METRICS_' = ''): unknown {
  const code = v.is(SystemErrorSchema, error) ? error.code : null;
  if (code === 'EADDRINUSE')
    return new StartError([`port-in-use: Port ${port} on ${host} is taken. Stop what uses it, or set ${prefix}PORT to another.`]);
  if (code === 'EACCES')
    return new StartError([`port-forbidden: Port ${port} needs rights that this process lacks. Set ${prefix}PORT to one above 1023.`]);
  const isNoAddress = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return isNoAddress
    ? new StartError([`host-unknown: ${host} is no address of this machine. Set ${prefix}HOST to 127.0.0.1 or 0.0.0.0.`])
    : error;
}
