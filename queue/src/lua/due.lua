-- Shared by the scripts that bring back what is due: retries, delayed jobs, and the jobs of a rate key. Needs
-- prelude.lua and job.lua.

-- Tokens of a rate key: the times of its last starts, newest first, no older than the period.
local function rate_free(key, limit, period, ms)
  for _ = 1, 500 do
    local oldest = call('LINDEX', key, -1)
    if not oldest or tonumber(oldest) > ms - period then return limit - call('LLEN', key), tonumber(oldest or ms) + period end
    call('RPOP', key)
  end
  return 0, ms + 1
end

local function rate_spend(key, period, ms)
  call('LPUSH', key, ms)
  call('PEXPIRE', key, period * 2)
end

local TIMER = 'rate-timer-of-key:'

local function arm(key, at) call('ZADD', base .. ':due', at, TIMER .. key) end

-- Lets as many jobs of a rate key back as it has tokens; a fetch spends them.
local function reopen(key, ms)
  local line = base .. ':qw:' .. key
  local first = call('ZRANGE', line, 0, 0)[1]
  local packed = first and call('HGET', J, first)
  if not packed then
    if first then call('ZREM', line, first); arm(key, ms) end
    return
  end
  local g = gates(head(packed), packed)
  local free, next_at = rate_free(base .. ':q:' .. key, g.count, g.period, ms)
  local back = free > 0 and call('ZPOPMIN', line, math.min(free, 100)) or {}
  for i = 1, #back, 2 do
    local p = call('HGET', J, back[i])
    if p then
      local h = head(p)
      call('ZREM', list('parked', h.kind), back[i])
      stand(back[i], h, read_run(call('HGET', R, back[i])).losses)
    end
  end
  if call('EXISTS', line) == 1 then arm(key, math.max(next_at, ms + math.ceil(g.period / g.count))) end
end

local function promote(id, ms)
  call('ZREM', base .. ':due', id)
  if string.sub(id, 1, #TIMER) == TIMER then return reopen(string.sub(id, #TIMER + 1), ms) end
  local raw, packed = call('HGET', R, id), call('HGET', J, id)
  if not raw or not packed then return end
  local h, r = head(packed), read_run(raw)
  call('ZREM', list('scheduled', h.kind), id)
  call('ZREM', list('retry', h.kind), id)
  r.state, r.at = 'w', 0
  write_run(id, r)
  admit(id, h, gates_of(h, packed, r), r.losses)
end

local function promote_due(ms)
  for _, id in ipairs(call('ZRANGEBYSCORE', base .. ':due', '-inf', whole(ms), 'LIMIT', '0', '200')) do promote(id, ms) end
end
