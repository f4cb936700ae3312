import { MARKS } from './redis-rows.js';
import { script } from './redis-script.js';

/**
 * [R13] Forgets removals of long ago, the oldest first. KEYS meta, revisions, gone, gone:all, gone:at; ARGV until when, how
 * many, what comes before a former owner, and before a job's id. Positions before the last that was forgotten then mean nothing
 * any more. That a job has left an owner says nothing of its removal by a later one.
 */
export const FORGET = script(`
local graves = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local forgotten = tonumber(redis.call('HGET', KEYS[1], 'forgotten') or '0')
for _, grave in ipairs(graves) do
  local id, owner = string.match(grave, '^(.-) (.*)$')
  forgotten = math.max(forgotten, tonumber(redis.call('ZSCORE', ARGV[3] .. owner, grave) or '0'))
  redis.call('HDEL', KEYS[3], grave)
  local wasRemoved = redis.call('ZREM', KEYS[4], grave) == 1
  redis.call('ZREM', KEYS[5], grave)
  redis.call('ZREM', ARGV[3] .. owner, grave)
  if wasRemoved and string.sub(redis.call('HGET', KEYS[2], id) or '', 1, 1) == '${MARKS.removed}' then
    redis.call('HDEL', KEYS[2], id)
    redis.call('DEL', ARGV[4] .. id)
  end
end
if #graves > 0 then redis.call('HSET', KEYS[1], 'forgotten', string.format('%.0f', forgotten)) end
return #graves
`);
