import { script } from './redis-script.js';

/**
 * [R7] Compare-and-set of the server's run id: another one behind the same address may have another past.
 * A Redis that is full refuses a script to put something only as its first write: one that takes away comes before.
 * KEYS meta; ARGV run id, token for a new epoch. Answers the epoch.
 */
export const ADOPT = script(`
local kept = redis.call('HMGET', KEYS[1], 'run', 'epoch')
if kept[1] == ARGV[1] and kept[2] then return kept[2] end
redis.call('HDEL', KEYS[1], 'run')
redis.call('HSET', KEYS[1], 'run', ARGV[1], 'epoch', ARGV[2])
return ARGV[2]
`);
