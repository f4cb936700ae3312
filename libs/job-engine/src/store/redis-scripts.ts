import { createHash } from 'node:crypto';
import { MARKS } from './redis-rows.js';
import { STEP } from './redis-steps.js';

/** A Lua script and the name by which Redis knows it once it was sent. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
  /** Whether that it went well shows that Redis takes writes. */
  readonly writes: boolean;
}

const script = (text: string, writes = false): RedisScript => ({ text, sha: createHash('sha1').update(text).digest('hex'), writes });

/** Answers of a job the revision with the step since, what is kept of it, and the body where the mark says that it is apart. */
const ROW = `
local function row(revisions, prefix, id)
  local key = prefix .. id
  local revision, value = redis.call('HGET', revisions, id), redis.call('GET', key)
  if not value or string.sub(value, 1, 1) ~= '${MARKS.apart}' then return {revision, value} end
  local body = redis.call('HMGET', key .. ':body', 'input', 'result')
  return {revision, value, body[1], body[2]}
end
`;

/**
 * [R7] Compare-and-set of the server's run id: another one behind the same address may have another past.
 * KEYS meta; ARGV run id, token for a new epoch. Answers the epoch.
 */
export const ADOPT = script(`
local kept = redis.call('HMGET', KEYS[1], 'run', 'epoch')
if kept[1] == ARGV[1] and kept[2] then return kept[2] end
redis.call('HSET', KEYS[1], 'run', ARGV[1], 'epoch', ARGV[2])
return ARGV[2]
`);

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

/**
 * [S5] A part of what changed in a scope. Where the active jobs of a user have changed is asked of the list of all, so that a
 * step of progress moves a job in one list only. KEYS meta, active, finished, gone out of the scope, gone, active of all, revisions;
 * ARGV epoch, whether a snapshot is asked for, from where, the snapshot's floor and start ('' when there is none), how many, how
 * many finished jobs a snapshot brings, what comes before a job's id. Answers 'epoch', or: whether it begins a snapshot, the
 * position of the store, of the last row, of the snapshot's floor and start ('' for none), whether there is more, and the rows.
 */
export const SINCE = script(`${ROW}
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'position', 'forgotten')
if kept[1] ~= ARGV[1] then return {'epoch'} end
local position, forgotten = tonumber(kept[2] or '0'), tonumber(kept[3] or '0')
local from, floor, start, limit = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local reached = math.max(from, start or 0)
local reset = ARGV[2] == '1' or reached < forgotten or reached > position
if reset then
  local oldest = redis.call('ZREVRANGE', KEYS[3], ARGV[7] - 1, ARGV[7] - 1, 'WITHSCORES')
  from, floor, start = 0, tonumber(oldest[2] or '0'), position
end
local rows = {}
local function gather(kind, key, after)
  local found = redis.call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', after), '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
  for index = 1, #found, 2 do rows[#rows + 1] = {tonumber(found[index + 1]), kind, found[index]} end
end
if KEYS[2] == KEYS[6] then
  gather('job', KEYS[2], from)
else
  local active = redis.call('ZRANGE', KEYS[2], 0, -1)
  for first = 1, #active, 1000 do
    local last = math.min(#active, first + 999)
    local places = redis.call('ZMSCORE', KEYS[6], unpack(active, first, last))
    for index = first, last do
      local place = tonumber(places[index - first + 1])
      if place and place > from then rows[#rows + 1] = {place, 'job', active[index]} end
    end
  end
end
gather('job', KEYS[3], math.max(from, (floor or 0) - 1))
gather('gone', KEYS[4], math.max(from, start or 0))
table.sort(rows, function(a, b) return a[1] < b[1] end)
local page = {}
for index = 1, math.min(limit, #rows) do
  local found = rows[index]
  from = found[1]
  if found[2] == 'job' then page[index] = {found[3], row(KEYS[7], ARGV[8], found[3])}
  else page[index] = {found[3], redis.call('HGET', KEYS[5], found[3])} end
end
return {reset and 1 or 0, position, from, floor or '', start or '', #rows > #page and 1 or 0, page}
`);

/**
 * [F2] What a follower at a position has missed. KEYS meta, events; ARGV epoch, position, how many entries.
 * Answers 'epoch', 'lost' when that cannot be told any more, or the position of the store and the entries.
 */
export const MISSED = script(`
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'position', 'latest')
if kept[1] ~= ARGV[1] then return {'epoch'} end
local from = tonumber(ARGV[2])
if from > tonumber(kept[2] or '0') then return {'lost'} end
local entries = redis.call('XRANGE', KEYS[2], ARGV[2] .. '-1', '+', 'COUNT', ARGV[3])
local reaches = from >= tonumber(kept[3] or '0')
if entries[1] then reaches = tonumber(entries[1][2][2]) <= from end
if not reaches then return {'lost'} end
return {tonumber(kept[2] or '0'), entries}
`);

/**
 * [R13] Forgets removals of long ago, the oldest first. KEYS meta, revisions, gone, gone:all, gone:at; ARGV until when, how
 * many, what comes before a former owner, and before a job's id. Positions before the last that was forgotten then mean nothing
 * any more.
 */
export const FORGET = script(`
local graves = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local forgotten = tonumber(redis.call('HGET', KEYS[1], 'forgotten') or '0')
for _, grave in ipairs(graves) do
  local id, owner = string.match(grave, '^(.-) (.*)$')
  forgotten = math.max(forgotten, tonumber(redis.call('ZSCORE', ARGV[3] .. owner, grave) or '0'))
  redis.call('HDEL', KEYS[3], grave)
  redis.call('ZREM', KEYS[4], grave)
  redis.call('ZREM', KEYS[5], grave)
  redis.call('ZREM', ARGV[3] .. owner, grave)
  if string.sub(redis.call('HGET', KEYS[2], id) or '', 1, 1) == '${MARKS.removed}' then
    redis.call('HDEL', KEYS[2], id)
    redis.call('DEL', ARGV[4] .. id)
  end
end
if #graves > 0 then redis.call('HSET', KEYS[1], 'forgotten', string.format('%.0f', forgotten)) end
return #graves
`);

/**
 * [A2] Adds to the audit, and takes from it what is too old or too much. KEYS the audit of all, then of each job that is named;
 * ARGV how many entries are kept, and how many of a job, since when (ms), for how long (ms); then of each entry which key is its
 * job's (0: none), and the entry.
 */
export const AUDIT_APPEND = script(
  `
local function add(key, most, id, entry)
  redis.call('XTRIM', key, 'MINID', ARGV[3])
  return redis.call('XADD', key, 'MAXLEN', most, id, 'entry', entry)
end
for at = 5, #ARGV, 2 do
  local id = add(KEYS[1], ARGV[1], '*', ARGV[at + 1])
  local ofJob = KEYS[tonumber(ARGV[at])]
  if ofJob then
    add(ofJob, ARGV[2], id, ARGV[at + 1])
    redis.call('PEXPIRE', ofJob, ARGV[4])
  end
end
return 'done'
`,
  true,
);

/** The newest entries of an audit. KEYS the audit; ARGV before which, how many. */
export const AUDIT_LIST = script(`return redis.call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', ARGV[2])`);

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
