import { MARKS } from './redis-rows.js';

/** Answers of a job the revision with the step since, what is kept of it, and the body where the mark says that it is apart. */
export const ROW = `
local function row(revisions, prefix, id)
  local key = prefix .. id
  local revision, value = redis.call('HGET', revisions, id), redis.call('GET', key)
  if not value or string.sub(value, 1, 1) ~= '${MARKS.apart}' then return {revision, value} end
  local body = redis.call('HMGET', key .. ':body', 'input', 'result')
  return {revision, value, body[1], body[2]}
end
`;
