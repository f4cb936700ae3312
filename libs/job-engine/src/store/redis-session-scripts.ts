import { script } from './redis-script.js';

/**
 * [S8] Notes that sessions were ended, and forgets what nobody needs to know any more. KEYS the ends, and their numbers by time;
 * ARGV now, until when, the end.
 */
export const SESSION_END = script(
  `
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1], 'LIMIT', 0, 100)
local number = redis.call('HINCRBY', KEYS[1], 'last', 1)
redis.call('HSET', KEYS[1], number, ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], number)
for _, gone in ipairs(old) do
  redis.call('HDEL', KEYS[1], gone)
  redis.call('ZREM', KEYS[2], gone)
end
return number
`,
  true,
);

/** [S8] KEYS the ends; ARGV since which number. Answers the last number, and the ends: all where the number is none of these. */
export const SESSION_ENDS = script(`
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or '0')
local after = tonumber(ARGV[1])
local answer = {last}
if after == last then return answer end
if after == 0 or after > last or last - after > 500 then
  local all = redis.call('HGETALL', KEYS[1])
  for at = 1, #all, 2 do
    if all[at] ~= 'last' then answer[#answer + 1] = all[at + 1] end
  end
  return answer
end
for number = after + 1, last do
  local kept = redis.call('HGET', KEYS[1], number)
  if kept then answer[#answer + 1] = kept end
end
return answer
`);
