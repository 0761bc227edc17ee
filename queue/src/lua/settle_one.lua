-- A rare part of a worker's turn. Needs prelude.lua, job.lua, due.lua and finish.lua.

-- Any end but the plain one, job by job.
local function settle_one(id, raw, group, us)
  local packed = call('HGET', J, id)
  if not packed then return end
  local ms, op, text = math.floor(us / 1000), group.op, group.text
  local h, r = head(packed), read_run(raw)
  local g = gates_of(h, packed, r)
  -- A job of this key that is due again takes its place in line before the slot is given on.
  if g.key then promote_due(ms) end
  if op ~= 'd' and band(r.extras, CANCEL) ~= 0 then op = 'c' end
  if op == 'd' then
    if text ~= '' then
      call('HSET', base .. ':res', id, text)
      r.extras = bor(r.extras, HAS_RESULT)
    end
    return finish(id, h, g, r, 'done', us, group.x, group.y)
  end
  if op == 't' or op == 'x' or op == 'c' then note(id, r, ms, text ~= '' and text or '"cancelled"') end
  if op == 'x' then return finish(id, h, g, r, 'dead', us) end
  if op == 'c' then return finish(id, h, g, r, 'cancelled', us) end
  if op ~= 't' then r.attempt = r.attempt - 1 end
  if op == 'h' then
    if g.key then call('SREM', base .. ':c:' .. g.key, id) end
    r.state, r.at = 'w', 0
    write_run(id, r)
    admit(id, h, g, r.losses)
  else
    leave(id, g)
    defer(id, h, g, r, op == 't' and 'retry' or 'scheduled', ms + group.x, ms)
  end
end
