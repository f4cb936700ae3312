import { ROW } from './redis-row-script.js';
import { script } from './redis-script.js';

/** KEYS meta, revisions; ARGV epoch, what comes before a job's id, ids. Answers 'epoch', or the position and jobs. */
export const READ = script(`${ROW}
local known = redis.call('HMGET', KEYS[1], 'epoch', 'position')
if known[1] ~= ARGV[1] then return {'epoch'} end
local answer = {tonumber(known[2] or '0')}
for index = 3, #ARGV do
  answer[index - 1] = row(KEYS[2], ARGV[2], ARGV[index])
end
return answer
`);

/** KEYS created, revisions; ARGV before which place, how many, what comes before a job's id. Answers places and jobs. */
export const LIST = script(`${ROW}
local answer = {}
local ids = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for index = 1, #ids, 2 do
  answer[#answer + 1] = {ids[index + 1], row(KEYS[2], ARGV[3], ids[index])}
end
return answer
`);

/** KEYS status changes, progress changes; ARGV how many of the latter. */
export const HISTORY = script(`
return {redis.call('LRANGE', KEYS[1], 0, -1), redis.call('LRANGE', KEYS[2], -ARGV[1], -1)}
`);

/** KEYS heartbeats, ended, revisions; ARGV the bounds of each, how many, what comes before a job's id. Answers jobs. */
export const OVERDUE = script(`${ROW}
local answer = {}
for index = 1, 2 do
  local rows = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[index], '-inf', '(' .. ARGV[index], 'LIMIT', 0, ARGV[3])) do
    rows[#rows + 1] = row(KEYS[3], ARGV[4], id)
  end
  answer[index] = rows
end
return answer
`);
