import { hasRedis, RedisServer } from '../../test-processes/redis-server.ts';

/**
 * Runs with a Redis of its own, in memory alone.
 *
 * @throws Error on a machine without redis-server: what is not measured has missed its bounds
 */
export async function withRedis<Result>(run: (redis: RedisServer) => Promise<Result>): Promise<Result> {
  if (!hasRedis()) throw new Error('NOT RUN: there is no redis-server on the PATH.');
  const redis = await RedisServer.start();
  try {
    return await run(redis);
  } finally {
    await redis.remove();
  }
}
