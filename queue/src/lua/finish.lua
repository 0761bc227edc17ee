-- Shared by the scripts that can end a job: insertion (a batch's completion is inserted when its last member ends), and
-- the ends themselves. Needs prelude.lua, job.lua, forget.lua and ended.lua.

-- Enters one job. Answers the id that stands for it: its own, or that of the owner of its unique key.
local function insert(id, tail, run_at, us)
  local ms = math.floor(us / 1000)
  local due = math.max(us, run_at * 1000)
  local packed = pack('>d', due - string.byte(tail, 2) * 60000000) .. tail
  local h = head(packed)
  local g = gates(h, packed)
  if g.unique then
    local slot = base .. ':u:' .. g.unique
    local owner = call('GET', slot)
    if owner and owner ~= id and (g.window > 0 or call('HEXISTS', J, owner) == 1) then return owner end
    if g.window > 0 then call('SET', slot, id, 'PX', g.window) else call('SET', slot, id) end
  end
  call('HSET', J, id, packed)
  if g.actor then call('ZADD', base .. ':a:' .. g.actor, ms, id) end
  if g.batch then call('SADD', base .. ':bm:' .. g.batch, id) end
  if run_at > ms then
    local r = read_run(nil)
    r.flags = h.flags
    defer(id, h, g, r, 'scheduled', run_at, ms)
  else
    admit(id, h, g, 0)
  end
  return id
end

-- Enqueues a batch's completion once it is sealed and nothing is outstanding.
local function complete(batch, us)
  local key = base .. ':b:' .. batch
  local b = call('HMGET', key, 'sealed', 'completed', 'completion', 'tail')
  if not b[1] or b[2] or call('SCARD', base .. ':bm:' .. batch) > 0 then return end
  call('HSET', key, 'completed', 1)
  if b[3] and call('HEXISTS', J, b[3]) == 0 then
    insert(b[3], b[4], 0, us)
    call('SADD', base .. ':kinds', head(call('HGET', J, b[3])).name)
  end
end

-- Frees everything that a job held but its record.
local function release(id, g, done, us)
  leave(id, g)
  if g.unique and g.window == 0 and call('GET', base .. ':u:' .. g.unique) == id then
    call('DEL', base .. ':u:' .. g.unique)
  end
  if g.batch and call('SREM', base .. ':bm:' .. g.batch, id) == 1 then
    call('HINCRBY', base .. ':b:' .. g.batch, done and 'done' or 'failed', 1)
    complete(g.batch, us)
  end
end

local LETTER = { done = 'd', dead = 'x', cancelled = 'c', expired = 'e' }

-- Ends a job: what it held is freed, what is kept goes to the list of its state and kind. The caller has taken it
-- out of the sets that it stood in.
local function finish(id, h, g, r, state, us, keep_ms, keep_count)
  local ms = math.floor(us / 1000)
  release(id, g, state == 'done', us)
  count(state, h.kind, ms, 1)
  r.state, r.at, r.flags = LETTER[state], ms, h.flags
  write_run(id, r)
  local dropped = band(h.flags, COUNTERS) ~= 0 and state ~= 'dead'
  if dropped then
    forget({ id })
  else
    local key = list(state, h.kind)
    call('ZADD', key, ms, id)
    trim(key, ms - (keep_ms or 2592000000), keep_count or 10000)
  end
end
