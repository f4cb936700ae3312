import { createHash } from 'node:crypto';

/** A Lua script and the name by which Redis knows it once it was sent. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
  /** Whether that it went well shows that Redis takes writes. */
  readonly writes: boolean;
}

const script = (text: string, writes = false): RedisScript => ({ text, sha: createHash('sha1').update(text).digest('hex'), writes });

/** What is kept under a job's key, as READ and the conflicts of COMMIT answer it. */
const FIELDS = `'revision', 'state', 'input', 'result', 'tombstone'`;

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
 * KEYS meta, events, commit, then those that the rest names by number. ARGV epoch, whether this is a repetition, how many
 * positions it takes, how many to keep, how long to remember the commit (ms), the events ('' for none), how many checks, for
 * each its key and revision; then operations: name, key, how many arguments, the arguments.
 * Answers 'epoch', or 'conflict' and what is kept under each key that has moved on, or 'done' and the position before.
 */
export const COMMIT = script(
  `
local meta, events, commit = KEYS[1], KEYS[2], KEYS[3]
if ARGV[2] == '1' then
  local before = redis.call('GET', commit)
  if before then return {'done', tonumber(before)} end
end
local kept = redis.call('HMGET', meta, 'epoch', 'position', 'latest')
if kept[1] ~= ARGV[1] then return {'epoch'} end
local at = 8
local answer = {'conflict'}
for check = 1, tonumber(ARGV[7]) do
  local key = KEYS[tonumber(ARGV[at])]
  if (redis.call('HGET', key, 'revision') or '') ~= ARGV[at + 1] then
    answer[#answer + 1] = {check, redis.call('HMGET', key, ${FIELDS})}
  end
  at = at + 2
end
if #answer > 1 then return answer end

local before = tonumber(kept[2] or '0')
local taken = tonumber(ARGV[3])
if taken == 0 then return {'done', before} end
local position = string.format('%.0f', before + taken)
redis.call('HSET', meta, 'position', position)
redis.call('SET', commit, string.format('%.0f', before), 'PX', ARGV[5])
if ARGV[6] ~= '' then
  local floor = string.format('%.0f', math.max(0, before + taken - tonumber(ARGV[4])))
  redis.call('XADD', events, 'MINID', '~', floor, position .. '-0', 'after', kept[3] or '0', 'events', ARGV[6])
  redis.call('HSET', meta, 'latest', position)
end
while at <= #ARGV do
  local name, key, count = ARGV[at], KEYS[tonumber(ARGV[at + 1])], tonumber(ARGV[at + 2])
  local first, last = at + 3, at + 2 + count
  if name == 'STEP' then
    local place, id = string.format('%.0f', before + tonumber(ARGV[first + 3])), ARGV[first + 4]
    redis.call('HSET', key, 'revision', position, 'state', ARGV[first + 5])
    redis.call('ZADD', KEYS[tonumber(ARGV[first])], place, id)
    redis.call('ZADD', KEYS[tonumber(ARGV[first + 1])], place, id)
    redis.call('RPUSH', KEYS[tonumber(ARGV[first + 2])], ARGV[first + 6])
  elseif name == 'PLACE' then
    redis.call('ZADD', key, string.format('%.0f', before + tonumber(ARGV[first])), ARGV[last])
  elseif name == 'KEEP' then
    redis.call('HSET', key, 'revision', position, unpack(ARGV, first, last))
  elseif name == 'COPY' then
    redis.call('ZADD', KEYS[tonumber(ARGV[first])], redis.call('ZSCORE', key, ARGV[last]) or position, ARGV[last])
  else
    redis.call(name, key, unpack(ARGV, first, last))
  end
  at = last + 1
end
return {'done', before}
`,
  true,
);

/** KEYS meta, then jobs; ARGV epoch. Answers 'epoch', or the position and what is kept under each. */
export const READ = script(`
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'position')
if kept[1] ~= ARGV[1] then return {'epoch'} end
local answer = {tonumber(kept[2] or '0')}
for index = 2, #KEYS do answer[index] = redis.call('HMGET', KEYS[index], ${FIELDS}) end
return answer
`);

/** KEYS created; ARGV before which place, how many, what comes before a job's id. Answers place, state, input and result. */
export const LIST = script(`
local answer = {}
local ids = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for index = 1, #ids, 2 do
  answer[#answer + 1] = {ids[index + 1], redis.call('HMGET', ARGV[3] .. ids[index], 'state', 'input', 'result')}
end
return answer
`);

/** KEYS status changes, progress changes; ARGV how many of the latter. */
export const HISTORY = script(`
return {redis.call('LRANGE', KEYS[1], 0, -1), redis.call('LRANGE', KEYS[2], -ARGV[1], -1)}
`);

/** KEYS heartbeats, ended; ARGV the bounds of each, how many, what comes before a job's id. Answers states, inputs and results. */
export const OVERDUE = script(`
local answer = {}
for index = 1, 2 do
  local rows = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[index], '-inf', '(' .. ARGV[index], 'LIMIT', 0, ARGV[3])) do
    rows[#rows + 1] = redis.call('HMGET', ARGV[4] .. id, 'state', 'input', 'result')
  end
  answer[index] = rows
end
return answer
`);

/**
 * [S5] A part of what changed in a scope. KEYS meta, active, finished, gone out of the scope, gone; ARGV epoch, whether a
 * snapshot is asked for, from where, the snapshot's floor and start ('' when there is none), how many, how many finished
 * jobs a snapshot brings, what comes before a job's id. Answers 'epoch', or: whether it begins a snapshot, the position of
 * the store, of the last row, of the snapshot's floor and start ('' for none), whether there is more, and the rows.
 */
export const SINCE = script(`
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
gather('job', KEYS[2], from)
gather('job', KEYS[3], math.max(from, (floor or 0) - 1))
gather('gone', KEYS[4], math.max(from, start or 0))
table.sort(rows, function(a, b) return a[1] < b[1] end)
local page = {}
for index = 1, math.min(limit, #rows) do
  local row = rows[index]
  from = row[1]
  if row[2] == 'job' then page[index] = {row[3], redis.call('HMGET', ARGV[8] .. row[3], 'state', 'input', 'result')}
  else page[index] = {row[3], redis.call('HGET', KEYS[5], row[3])} end
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
 * [R13] Forgets removals of long ago, the oldest first. KEYS meta, gone, gone:all, gone:at; ARGV until when, how many, what comes
 * before a former owner. Positions before the last that was forgotten then mean nothing any more.
 */
export const FORGET = script(`
local graves = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local forgotten = tonumber(redis.call('HGET', KEYS[1], 'forgotten') or '0')
for _, grave in ipairs(graves) do
  local owner = ARGV[3] .. string.match(grave, ' (.*)$')
  forgotten = math.max(forgotten, tonumber(redis.call('ZSCORE', owner, grave) or '0'))
  redis.call('HDEL', KEYS[2], grave)
  redis.call('ZREM', KEYS[3], grave)
  redis.call('ZREM', KEYS[4], grave)
  redis.call('ZREM', owner, grave)
end
if #graves > 0 then redis.call('HSET', KEYS[1], 'forgotten', string.format('%.0f', forgotten)) end
return #graves
`);
