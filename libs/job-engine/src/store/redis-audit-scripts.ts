import { script } from './redis-script.js';

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
