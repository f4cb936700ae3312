// What specs of libraries start; proof and bench, which run without Jest too, import the files themselves.
export { freePort } from './free-port.ts';
export { bundleProgram } from './program.ts';
export { RedisCluster } from './redis-cluster.ts';
export { RedisServer } from './redis-server.ts';
export { describeWithRedis, itWithRedis } from './with-redis.ts';
