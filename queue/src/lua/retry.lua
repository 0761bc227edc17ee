-- Gives a dead, cancelled or expired job all its attempts again.
-- ARGV: id. Answer: the letter of the state that it was in ('' for no such job), then the owner of its unique key if
-- that is another job.
local id = ARGV[1]
local packed = call('HGET', J, id)
if not packed then return { '', '' } end
local h, r = head(packed), read_run(call('HGET', R, id))
local g, was = gates(h, packed), r.state
if was ~= 'x' and was ~= 'c' and was ~= 'e' then return { was, '' } end
if g.unique then
  local slot = base .. ':u:' .. g.unique
  local owner = call('GET', slot)
  if owner and owner ~= id and call('HEXISTS', J, owner) == 1 then return { was, owner } end
  if g.window > 0 then call('SET', slot, id, 'PX', g.window) else call('SET', slot, id) end
end
call('ZREM', list(({ x = 'dead', c = 'cancelled', e = 'expired' })[was], h.kind), id)
r.state, r.at, r.attempt, r.losses, r.fence = 'w', 0, 0, 0, NO_FENCE
-- An expiry that has passed would drop it again at once: an operator's retry runs. Its outbox row is open again, so the
-- record of its next end waits for that row.
r.extras = bor(band(r.extras, 255 - CANCEL - CONFIRMED - DELISTED), FORCED)
write_run(id, r)
admit(id, h, gates_of(h, packed, r), 0)
return { was, '' }
