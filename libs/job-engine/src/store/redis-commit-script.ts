import { ROW } from './redis-row-script.js';
import { script } from './redis-script.js';
import { STEP } from './redis-steps.js';

/**
 * [R6] Compares the revision of each job that a batch was decided upon, and then writes everything or nothing: the first
 * write is one that a full or read-only Redis refuses, and after a first write Redis refuses no other.
 *
 * Lua in Redis reads every byte of a string that it is given, so that ids are sent once and jobs named by number after that.
 *
 * A job's value is a step of progress, or begins with a mark, or is '' when nothing came of it. A step is put after the
 * revision, into the history, and, by the id of its job, into the stream; when there is nothing else, all of them are one field there, and each is three arguments.
 *
 * KEYS meta, revisions, events, commit, all active jobs, then those that the rest names by number. ARGV epoch, whether this is
 * a repetition, how many positions to keep, how long to remember the commit (ms), its name as it ends a revision, what comes before a
 * job's id, and before that of its progress, how many jobs, how many events, whether these are one step of each job in the same
 * order; of each job the id, then of each the revision, then of each the value; unless they are steps in order, of each event
 * the kind and JSON, or the kind ('' for a step) and the number of the job whose value tells of it; then the other writes:
 * name, key, how many arguments, the arguments.
 * Answers 'epoch', or 'conflict' and what is kept of each job that has moved on, or 'done'.
 */
export const COMMIT = script(
  `${ROW}
local call, byte, sub, find = redis.call, string.byte, string.sub, string.find
local meta, revisions, jobs, count, ordered = KEYS[1], KEYS[2], tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1'
if ARGV[2] == '1' and redis.call('EXISTS', KEYS[4]) == 1 then return {'done'} end
local known = redis.call('HMGET', meta, 'epoch', 'position', 'latest')
if known[1] ~= ARGV[1] then return {'epoch'} end
local ids = 10
local expected, values, at = ids + jobs, ids + 2 * jobs, 11 + 3 * jobs
if jobs > 0 then
  local kept = redis.call('HMGET', revisions, unpack(ARGV, ids + 1, ids + jobs))
  local answer = {'conflict'}
  for job = 1, jobs do
    local was, wanted = kept[job] or '', ARGV[expected + job]
    if (wanted == '' and was ~= '') or find(was, wanted, 1, true) ~= 1 then
      answer[#answer + 1] = {job, row(revisions, ARGV[6], ARGV[ids + job])}
    end
  end
  if #answer > 1 then return answer end
end

local set, named, steps = {}, {}, {}
for job = 1, jobs do
  local id, value = ARGV[ids + job], ARGV[values + job]
  if byte(value) == ${STEP.charCodeAt(0)} then
    steps[#steps + 1] = job
    named[#named + 1], named[#named + 2] = id, sub(ARGV[expected + job], 1, 1) .. ARGV[5] .. value
  elseif value ~= '' then
    set[#set + 1], set[#set + 2] = ARGV[6] .. id, value
    named[#named + 1], named[#named + 2] = id, sub(value, 1, 1) .. ARGV[5]
  end
end
if count == 0 and #named == 0 then return {'done'} end
local before = tonumber(known[2] or '0')
if count > 0 then
  local position = string.format('%.0f', before + count)
  redis.call('HSET', meta, 'position', position, 'latest', position)
  local entry = {'after', known[3] or '0'}
  if ordered then
    entry[3], entry[4] = table.concat(ARGV, ' ', ids + 1, ids + jobs), table.concat(ARGV, ',', values + 1, values + jobs)
  else
    for event = 1, count do
      local kind, told = ARGV[at], tonumber(ARGV[at + 1])
      entry[2 * event + 1] = kind ~= '' and kind or ARGV[ids + told]
      entry[2 * event + 2] = told and ARGV[values + told] or ARGV[at + 1]
      at = at + 2
    end
  end
  local floor = math.max(0, before + count - tonumber(ARGV[3]))
  redis.call('XADD', KEYS[3], 'MINID', '~', floor, position .. '-0', unpack(entry))
end
if #set > 0 then redis.call('MSET', unpack(set)) end
if #named > 0 then redis.call('HSET', revisions, unpack(named)) end
for _, job in ipairs(steps) do call('RPUSH', ARGV[7] .. ARGV[ids + job] .. ':progress', ARGV[values + job]) end
if ordered then
  local places = {}
  for job = 1, jobs do places[2 * job - 1], places[2 * job] = before + job, ARGV[ids + job] end
  redis.call('ZADD', KEYS[5], unpack(places))
end
while at <= #ARGV do
  local name, key, first, last = ARGV[at], KEYS[tonumber(ARGV[at + 1])], at + 3, at + 2 + tonumber(ARGV[at + 2])
  if name == 'PLACE' or name == 'BURY' then
    local places = {}
    for index = first, last, 2 do
      local member = ARGV[index + 1]
      if name == 'PLACE' then member = ARGV[ids + member] end
      places[#places + 1], places[#places + 2] = before + ARGV[index], member
    end
    redis.call('ZADD', key, unpack(places))
  elseif name == 'STEPS' then
    for index = first, last, 2 do redis.call('RPUSH', ARGV[7] .. ARGV[ids + ARGV[index]] .. ':progress', ARGV[index + 1]) end
  elseif name == 'COPY' then
    for index = first, last, 2 do
      redis.call('ZADD', KEYS[tonumber(ARGV[index])], redis.call('ZSCORE', key, ARGV[index + 1]) or before, ARGV[index + 1])
    end
  else
    redis.call(name, key, unpack(ARGV, first, last))
  end
  at = last + 1
end
redis.call('SET', KEYS[4], 1, 'PX', ARGV[4])
return {'done'}
`,
  true,
);
