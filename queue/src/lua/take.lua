-- Shared by the script of a worker's turn: chooses jobs and leases them. Needs prelude.lua and the rare parts.

-- The names to look at: a worker knows many kinds, a queue holds few.
local function names_here(known)
  if #known <= 2 then return known end
  local wanted, names = {}, {}
  for _, name in ipairs(known) do wanted[name] = true end
  for _, name in ipairs(call('SMEMBERS', base .. ':kinds')) do
    if wanted[name] then names[#names + 1] = name end
  end
  return names
end

-- Takes the first `want` of one waiting set. Answer: ids, and whether some were left.
local function take_of_one(name, want)
  local key = base .. ':w:' .. name
  local ids = call('ZRANGE', key, '0', whole(want))
  local left = #ids > want
  if left then ids[#ids] = nil end
  if #ids > 0 then call('ZREMRANGEBYRANK', key, '0', whole(#ids - 1)) end
  return ids, left
end

-- Takes the first `want` of several waiting sets, merged by place.
local function take_of_many(names, want)
  local found, sets, only = {}, 0, nil
  for _, name in ipairs(names) do
    local part = call('ZRANGE', base .. ':w:' .. name, '0', whole(want), 'WITHSCORES')
    if #part > 0 then sets, only = sets + 1, name end
    for i = 1, #part, 2 do found[#found + 1] = { tonumber(part[i + 1]), part[i], name } end
  end
  if sets == 0 then return {}, false end
  if sets == 1 then return take_of_one(only, want) end
  table.sort(found, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  local ids, by_name = {}, {}
  for i = 1, math.min(want, #found) do
    local id, name = found[i][2], found[i][3]
    ids[i] = id
    by_name[name] = by_name[name] or {}
    table.insert(by_name[name], id)
  end
  for name, part in pairs(by_name) do call('ZREM', base .. ':w:' .. name, unpack(part)) end
  return ids, #found > want
end

-- Enters leases. A sorted set of up to 128 short members is a list that every ZADD and ZREM walks from its start; one
-- long member turns it into a skip list for as long as the key lives, which halves what a lease costs.
local function hold(leases)
  local key = base .. ':lease'
  call('ZADD', key, unpack(leases))
  if #leases >= 16 and call('ZCARD', key) == #leases / 2 then
    local long = string.rep('-', 65)
    call('ZADD', key, '0', long)
    call('ZREM', key, long)
  end
end

-- Leases those of the jobs that may start, and adds them to the answer. Their fences are `salt` and their number.
-- Answer: how many.
local function lease(ids, salt, worker, expiry, us, answer)
  local jobs, runs = call('HMGET', J, unpack(ids)), call('HMGET', R, unpack(ids))
  local fields, leases, fresh, n = {}, {}, {}, 0
  local tail = pack('>dd', math.floor(us / 1000), 0) .. worker
  for i, id in ipairs(ids) do
    local packed, raw = jobs[i], runs[i]
    local flags = packed and string.byte(packed, 9)
    if packed and (band(flags, RATE + EXPIRY) == 0 or rare().passes(id, packed, raw, us, answer)) then
      local attempt, start = 1, fresh[flags]
      if raw then
        local _, _, extras, losses, last = unpack_s('>c1BBBH', raw)
        attempt = last + 1
        start = pack('>c1BBBH', 'R', flags, extras, losses, attempt)
      elseif not start then
        start = pack('>c1BBBH', 'R', flags, 0, 0, 1)
        fresh[flags] = start
      end
      n = n + 1
      fields[n * 2 - 1] = id
      fields[n * 2] = start .. salt .. string.char(math.floor(n / 256), n % 256) .. tail
      leases[n * 2 - 1] = expiry
      leases[n * 2] = id
      answer[n * 3 + 1] = id
      answer[n * 3 + 2] = attempt
      answer[n * 3 + 3] = packed
    end
  end
  if n > 0 then
    call('HSET', R, unpack(fields))
    hold(leases)
  end
  return n
end
