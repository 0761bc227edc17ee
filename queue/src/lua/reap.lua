-- Rare parts of a worker's turn: what it puts right before it takes, namely jobs whose worker was lost and jobs that
-- expired. Needs prelude.lua, job.lua and finish.lua.

local function reap(id, us)
  local ms = math.floor(us / 1000)
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

local function expire(id, us)
  local packed = call('HGET', J, id)
  if not packed then return call('ZREM', base .. ':exp', id) end
  local h, r = head(packed), read_run(call('HGET', R, id))
  local g = gates(h, packed)
  withdraw(id, h, g)
  finish(id, h, g, r, 'expired', us)
end
