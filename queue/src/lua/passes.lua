-- A rare part of a worker's turn. Needs prelude.lua, job.lua, due.lua and finish.lua.

-- True when a job with gates may start now; otherwise it was put where it belongs, and answer.wait shortened.
local function passes(id, packed, raw, us, answer)
  local ms, h, r = math.floor(us / 1000), head(packed), read_run(raw)
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
      if answer[2] < 0 or answer[2] > until_next then answer[2] = until_next end
      return false
    end
    rate_spend(key, g.period, ms)
  end
  return true
end
