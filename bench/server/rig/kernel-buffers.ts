import { readFile } from 'node:fs/promises';

/**
 * What the kernel keeps on its way from this port to the clients, in bytes: sent by the server and not taken, received and
 * not read. NaN where the system does not say so (it is Linux that does).
 */
export async function kernelBytes(port: number): Promise<number> {
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => null);
  if (table === null) return NaN;
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = table.split('\n').map((row) => row.trim().split(/\s+/));
  const waiting = rows.flatMap(([, local = '', remote = '', , queues = '']) => {
    const [unsent = 0, unread = 0] = queues.split(':').map((bytes) => parseInt(bytes, 16));
    return local.endsWith(suffix) ? [unsent] : remote.endsWith(suffix) ? [unread] : [];
  });
  return waiting.reduce((sum, bytes) => sum + bytes, 0);
}
