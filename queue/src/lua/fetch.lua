-- Takes up to `want` jobs, in the order of the contract: lease clock and reap (≤ 100), promote what is due (≤ 200),
-- stop when paused, drop what expired (≤ 500), rate limit, take.
-- ARGV: lease in ms, want, worker, 6 random bytes, 1 when the worker runs nothing else, then the known kind:version
-- names.
-- Answer: ms until the next job is due (−1 for none), 1 to ask the worker to become idle for a job that must run
-- alone (2 when this is that job), then per job: id, fence, attempt, packed field.
local lease_ms, want, worker, salt, idle = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5] == '1'
local us = time_us()
local ms = math.floor(us / 1000)
local clock = tick(ms)

local function reap(id)
  local raw, packed = call('HGET', R, id), call('HGET', J, id)
  call('ZREM', base .. ':lease', id)
  if not raw or not packed then return end
  local h, r = head(packed), read_run(raw)
  local g = gates_of(h, packed, r)
  -- Whatever comes of the job: the lost run has no part in it any more.
  r.losses, r.fence = math.min(r.losses + 1, 255), NO_FENCE
  note(id, r, ms, '"the worker was lost"')
  if band(r.extras, CANCEL) ~= 0 then return finish(id, h, g, r, 'cancelled', us) end
  if r.losses >= math.max(3, h.max) then return finish(id, h, g, r, 'dead', us) end
  r.state, r.attempt = 'w', r.attempt - 1
  write_run(id, r)
  if g.key then call('SREM', base .. ':c:' .. g.key, id) end
  admit(id, h, g, r.losses)
end

local function expire(id)
  local packed = call('HGET', J, id)
  if not packed then return call('ZREM', base .. ':exp', id) end
  local h, r = head(packed), read_run(call('HGET', R, id))
  local g = gates(h, packed)
  withdraw(id, h, g)
  finish(id, h, g, r, 'expired', us)
end

for _, id in ipairs(call('ZRANGEBYSCORE', base .. ':lease', '-inf', clock, 'LIMIT', 0, 100)) do reap(id) end
promote_due(ms)
local next_due = call('ZRANGE', base .. ':due', 0, 0, 'WITHSCORES')[2]
local wait = next_due and math.max(0, math.ceil(next_due - ms)) or -1
local meta = call('HMGET', base .. ':meta', 'paused', 'rate', 'period', 'alone', 'alone_until')
if meta[1] then return { wait, 0 } end
for _, id in ipairs(call('ZRANGEBYSCORE', base .. ':exp', '-inf', ms, 'LIMIT', 0, 500)) do expire(id) end

if meta[2] then
  local free, next_at = rate_free(base .. ':qrate', tonumber(meta[2]), tonumber(meta[3]), ms)
  want = math.min(want, free)
  if want <= 0 then return { math.max(1, math.ceil(next_at - ms)), 0 } end
end

local known, names = {}, {}
for i = 6, #ARGV do
  names[i - 5] = ARGV[i]
  known[ARGV[i]] = true
end
if #names > 2 then
  -- A worker knows many kinds, a queue holds few: only those in both are looked at.
  names = {}
  for _, name in ipairs(call('SMEMBERS', base .. ':kinds')) do
    if known[name] then names[#names + 1] = name end
  end
end

-- A job that lost two workers runs alone. One worker at a time claims the right to fall idle for it.
local alone, ids = 0, nil
local lone = call('ZRANGE', base .. ':ones', 0, 0)[1]
if lone then
  local packed = call('HGET', J, lone)
  if not packed then
    call('ZREM', base .. ':ones', lone)
  elseif known[head(packed).name] and (meta[4] == worker or tonumber(meta[5] or 0) <= clock) then
    call('HSET', base .. ':meta', 'alone', worker, 'alone_until', clock + lease_ms * 3)
    if not idle then return { wait, 1 } end
    call('ZREM', base .. ':ones', lone)
    call('HDEL', base .. ':meta', 'alone', 'alone_until')
    alone, ids = 2, { lone }
  end
end

local function take_many()
  local found, sets = {}, 0
  for _, name in ipairs(names) do
    local part = call('ZRANGE', base .. ':w:' .. name, 0, want - 1, 'WITHSCORES')
    if #part > 0 then sets = sets + 1 end
    for i = 1, #part, 2 do found[#found + 1] = { tonumber(part[i + 1]), part[i], name } end
  end
  if sets > 1 then
    table.sort(found, function(a, b)
      if a[1] ~= b[1] then return a[1] < b[1] end
      return a[2] < b[2]
    end)
  end
  local taken, by_name = {}, {}
  for i = 1, math.min(want, #found) do
    taken[i] = found[i][2]
    local part = by_name[found[i][3]] or {}
    part[#part + 1] = found[i][2]
    by_name[found[i][3]] = part
  end
  for name, part in pairs(by_name) do call('ZREM', base .. ':w:' .. name, unpack(part)) end
  return taken
end

local function take_one_kind()
  local key = base .. ':w:' .. names[1]
  local taken = call('ZRANGE', key, 0, want - 1)
  if #taken > 0 then call('ZREMRANGEBYRANK', key, 0, #taken - 1) end
  return taken
end

ids = ids or (#names == 1 and take_one_kind() or take_many())
local answer = { wait, alone }
if #ids == 0 then return answer end

-- True when the job may start now; otherwise it was put where it belongs.
local function passes(id, packed, raw)
  local h, r = head(packed), read_run(raw)
  local g = gates_of(h, packed, r)
  if g.expires then
    call('ZREM', base .. ':exp', id)
    if g.expires <= ms then
      finish(id, h, g, r, 'expired', us)
      return false
    end
  end
  if g.rate then
    local key = base .. ':q:' .. g.rate
    local free, next_at = rate_free(key, g.count, g.period, ms)
    if free <= 0 then
      call('ZADD', base .. ':qw:' .. g.rate, h.place, id)
      call('ZADD', list('parked', h.kind), h.place, id)
      if g.expires then call('ZADD', base .. ':exp', g.expires, id) end
      arm(g.rate, next_at)
      local until_next = math.max(1, math.ceil(next_at - ms))
      if answer[1] < 0 or answer[1] > until_next then answer[1] = until_next end
      return false
    end
    rate_spend(key, g.period, ms)
  end
  return true
end

local jobs, runs = call('HMGET', J, unpack(ids)), call('HMGET', R, unpack(ids))
local fields, leases, expiry = {}, {}, whole(clock + lease_ms)
for i, id in ipairs(ids) do
  local packed, raw = jobs[i], runs[i]
  if packed then
    local flags = string.byte(packed, 9)
    if band(flags, RATE + EXPIRY) == 0 or passes(id, packed, raw) then
      local extras, losses, attempt = 0, 0, 1
      if raw then
        local _
        _, _, extras, losses, attempt = unpack_s('>c1BBBH', raw)
        attempt = attempt + 1
      end
      local fence = salt .. pack('>H', i)
      local n = #fields
      fields[n + 1] = id
      fields[n + 2] = pack('>c1BBBHc8dd', 'R', flags, extras, losses, attempt, fence, ms, 0) .. worker
      leases[n + 1] = expiry
      leases[n + 2] = id
      n = #answer
      answer[n + 1] = id
      answer[n + 2] = fence
      answer[n + 3] = attempt
      answer[n + 4] = packed
    end
  end
end
if #fields > 0 then
  call('HSET', R, unpack(fields))
  call('ZADD', base .. ':lease', unpack(leases))
  if meta[2] then
    for _ = 1, #fields, 2 do rate_spend(base .. ':qrate', tonumber(meta[3]), ms) end
  end
end
if #ids >= want and alone == 0 then
  for _, name in ipairs(names) do
    if call('EXISTS', base .. ':w:' .. name) == 1 then
      nudge()
      break
    end
  end
end
return answer
