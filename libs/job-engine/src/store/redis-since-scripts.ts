import { ROW } from './redis-row-script.js';
import { script } from './redis-script.js';

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
