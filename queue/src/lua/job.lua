-- Shared by the scripts that move jobs between states: reading and writing the two fields of a job, and every way
-- into and out of the waiting sets. Needs prelude.lua.

local function head(packed)
  local place, flags, _, max, name, at = unpack_s('>dBBHBc0', packed)
  return { place = place, flags = flags, max = max, name = name, kind = string.match(name, '^(.*):'), at = at }
end

-- What limits a job: read only for jobs whose flags say that there is something to read.
local function gates(h, packed)
  local g, at, flags = {}, h.at + 2, h.flags
  if band(flags, CONCURRENCY) ~= 0 then g.key, g.limit, at = unpack_s('>Hc0H', packed, at) end
  if band(flags, UNIQUE) ~= 0 then g.unique, g.window, at = unpack_s('>Hc0d', packed, at) end
  if band(flags, RATE) ~= 0 then g.rate, g.count, g.period, at = unpack_s('>Hc0I4d', packed, at) end
  if band(flags, EXPIRY) ~= 0 then g.expires, at = unpack_s('>d', packed, at) end
  if band(flags, BATCH) ~= 0 then g.batch, at = unpack_s('c16', packed, at) end
  if band(flags, ACTOR) ~= 0 then g.actor, at = unpack_s('c16', packed, at) end
  return g
end

local function read_run(raw)
  if not raw then
    return { state = 'w', flags = 0, extras = 0, losses = 0, attempt = 0, fence = NO_FENCE, started = 0, at = 0, worker = '' }
  end
  local r = {}
  r.state, r.flags, r.extras, r.losses, r.attempt, r.fence, r.started, r.at = unpack_s('>c1BBBHc8dd', raw)
  r.worker = string.sub(raw, 31)
  return r
end

-- The gates of a job that ran or waits to: an operator's retry waives the expiry.
local function gates_of(h, packed, r)
  local g = gates(h, packed)
  if band(r.extras, FORCED) ~= 0 then g.expires = nil end
  return g
end

local function write_run(id, r)
  call('HSET', R, id, pack('>c1BBBHc8dd', r.state, r.flags, r.extras, r.losses, r.attempt, r.fence, r.started, r.at) .. r.worker)
end

-- Stands a job where workers take from: with the others, or apart when it has lost two workers already.
local function stand(id, h, losses)
  if losses >= 2 then
    call('ZADD', base .. ':ones', h.place, id)
  else
    call('ZADD', base .. ':w:' .. h.name, h.place, id)
  end
  nudge()
end

-- Fills the free slots of a concurrency key from its line, in order.
local function advance(key, limit)
  local holders, line = base .. ':c:' .. key, base .. ':cw:' .. key
  local free = limit - call('SCARD', holders)
  while free > 0 do
    local id = call('ZPOPMIN', line)[1]
    if not id then return end
    local packed = call('HGET', J, id)
    if packed then
      local h = head(packed)
      call('SADD', holders, id)
      call('ZREM', list('parked', h.kind), id)
      stand(id, h, read_run(call('HGET', R, id)).losses)
      free = free - 1
    end
  end
end

-- Frees a job's slot and admits the next one: called on every exit from ready and running. The holders are a set,
-- so a slot freed twice is free once.
local function leave(id, g)
  if g.key then
    call('SREM', base .. ':c:' .. g.key, id)
    advance(g.key, g.limit)
  end
end

-- Makes a job runnable, or puts it in line behind its concurrency key.
local function admit(id, h, g, losses)
  if g.key then
    call('ZADD', base .. ':cw:' .. g.key, h.place, id)
    call('ZADD', list('parked', h.kind), h.place, id)
    advance(g.key, g.limit)
  else
    stand(id, h, losses)
  end
  if g.expires then call('ZADD', base .. ':exp', g.expires, id) end
end

-- Takes a job that waits out of every set it may stand in.
local function withdraw(id, h, g)
  call('ZREM', base .. ':w:' .. h.name, id)
  call('ZREM', base .. ':ones', id)
  call('ZREM', base .. ':due', id)
  call('ZREM', list('scheduled', h.kind), id)
  call('ZREM', list('retry', h.kind), id)
  if g.key or g.rate then call('ZREM', list('parked', h.kind), id) end
  if g.key then call('ZREM', base .. ':cw:' .. g.key, id) end
  if g.rate then call('ZREM', base .. ':qw:' .. g.rate, id) end
  if g.expires then call('ZREM', base .. ':exp', id) end
end

-- Sets a job aside until `due` (ms) as scheduled or retry.
local function defer(id, h, g, r, state, due, ms)
  r.state, r.at = (state == 'retry') and 't' or 's', due
  write_run(id, r)
  call('ZADD', base .. ':due', due, id)
  call('ZADD', list(state, h.kind), due, id)
  if g.expires then call('ZADD', base .. ':exp', g.expires, id) end
  if due - ms < 1000 then nudge() end
end

-- The newest of the attempts in `log` that fit into 64 kB, and the newest one in any case. Quotes inside of texts are
-- escaped, so what is looked for only stands between two attempts.
local function newest(log, last)
  local over = #log - 65536
  if over <= 0 then return log end
  local cut = string.find(log, '},{"attempt":', math.max(over - 1, 1), true)
  return cut and string.sub(log, cut + 2) or last
end

-- Appends an ended attempt to the log. `problem` is a JSON string.
local function note(id, r, ms, problem)
  local old = call('HGET', base .. ':log', id)
  local entry = string.format('{"attempt":%d,"startedAt":%.0f,"endedAt":%.0f,"worker":%s,"error":%s}',
    r.attempt, r.started, ms, cjson.encode(r.worker), problem)
  if old then entry = newest(old .. ',' .. entry, entry) end
  call('HSET', base .. ':log', id, entry)
  r.extras = bor(r.extras, HAS_LOG)
end
