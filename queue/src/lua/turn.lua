-- A worker's turn: it ends runs and takes jobs, in one call or either alone. Taking goes in the order of the contract:
-- lease clock and reap (≤ 100), promote what is due (≤ 200), stop when paused, drop what expired (≤ 500), rate limit,
-- take.
-- ARGV: want (0 to take nothing), lease in ms, worker, 6 random bytes, 1 when the worker runs nothing else, the number
-- of known kind:version names, these; then, per group of runs that ended in the same way: op, kind, x, y, text, how
-- many, and per run: id, fence.
--   d done:      x = ms to keep (−1 for counters only), y = count to keep, text = result as JSON or ''
--   t retry:     x = delay in ms, text = error as a JSON string
--   x dead, c cancelled: text = error as a JSON string
--   z snooze:    x = delay in ms
--   h hand back: the attempt is not spent
-- Answer: a digit per ended run (1 applied, 2 already applied, 0 not yours, 3 no record), ms until the next job is due
-- (−1 for none), 1 to ask the worker to become idle for a job that must run alone (2 when this is that job), then per
-- taken job: id, attempt, packed field. The fence of the nth job is the random bytes and n in two bytes.
local want, lease_ms, worker, salt, idle = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5] == '1'
local last_name = 6 + ARGV[6]
local us = time_us()
local ms = math.floor(us / 1000)
local answer = { settle(last_name + 1, us), -1, 0 }
if want <= 0 then return answer end

local meta = call('HMGET', base .. ':meta', 'clock', 'last', 'paused', 'rate', 'period', 'alone', 'alone_until')
local clock = tick(ms, meta[1], meta[2])
for _, id in ipairs(call('ZRANGEBYSCORE', base .. ':lease', '-inf', whole(clock), 'LIMIT', '0', '100')) do rare().reap(id, us) end

-- One look tells whether anything is set aside, expires or must run alone.
local lone
if call('EXISTS', base .. ':due', base .. ':exp', base .. ':ones') > 0 then
  rare().promote_due(ms)
  local next_due = call('ZRANGE', base .. ':due', '0', '0', 'WITHSCORES')[2]
  if next_due then answer[2] = math.max(0, math.ceil(next_due - ms)) end
  if not meta[3] then
    for _, id in ipairs(call('ZRANGEBYSCORE', base .. ':exp', '-inf', whole(ms), 'LIMIT', '0', '500')) do rare().expire(id, us) end
    lone = call('ZRANGE', base .. ':ones', '0', '0')[1]
  end
end
if meta[3] then return answer end

local rate, period = meta[4], tonumber(meta[5])
if rate then
  local free, next_at = rare().rate_free(base .. ':qrate', tonumber(rate), period, ms)
  want = math.min(want, free)
  if want <= 0 then
    answer[2] = math.max(1, math.ceil(next_at - ms))
    return answer
  end
end

local known = { unpack(ARGV, 7, last_name) }
local function knows(name)
  for _, each in ipairs(known) do
    if each == name then return true end
  end
end

-- A job that lost two workers runs alone. One worker at a time claims the right to fall idle for it.
local ids, left
if lone then
  local packed = call('HGET', J, lone)
  if not packed then
    call('ZREM', base .. ':ones', lone)
  elseif knows(rare().head(packed).name) and (meta[6] == worker or tonumber(meta[7] or 0) <= clock) then
    call('HSET', base .. ':meta', 'alone', worker, 'alone_until', clock + lease_ms * 3)
    answer[3] = 1
    if not idle then return answer end
    call('ZREM', base .. ':ones', lone)
    call('HDEL', base .. ':meta', 'alone', 'alone_until')
    answer[3], ids, left = 2, { lone }, false
  end
end

if not ids then
  local names = names_here(known)
  if #names == 1 then ids, left = take_of_one(names[1], want) else ids, left = take_of_many(names, want) end
end
if #ids == 0 then return answer end
local taken = lease(ids, salt, worker, whole(clock + lease_ms), us, answer)
if rate then
  for _ = 1, taken do rare().rate_spend(base .. ':qrate', period, ms) end
end
if left then nudge() end
return answer
