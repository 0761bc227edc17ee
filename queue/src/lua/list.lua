-- Lists the jobs of a queue. A page is read by one call, so that a job which changes its state meanwhile is on it once.
-- The order is by key, highest first, then by set, then by rank in the set; so no page reads what stands before it. The key of
-- a job is a time in whole ms: the end of an ended one, the due time of one that is set aside, the place in line of one that
-- waits; running ones stand above all others, by their start.
-- ARGV: kind, state, actor (each '' for all), what, then
--   'spread': answer: jobs in sets, the lowest and the highest key of these, then the keys of the others, highest first
--   'above', keys: answer: per key how many jobs in sets stand above it
--   'keys', low, high: answer: the keys of jobs in sets above the low and up to the high one, NEAR of each set at most
--   'take', key, pass, size: up to `size` jobs at or below the key, without the first `pass` at it
--     answer: jobs in all, then seven lists: keys, ids, packed fields, run fields, logs, results, progress
local ABOVE_ALL, MOST, CHUNK, NEAR = 4398046511104, 5000, 8, 200
local kind, state, actor, what = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
-- Where a run field says when the run began.
local STARTED = 15
local numbers = {}
for i = 5, #ARGV do numbers[#numbers + 1] = tonumber(ARGV[i]) end

-- A set is never read whole: it counts and reads by rank. Its scores are `scale` units a ms.
local function set(key, scale)
  return {
    count = function() return call('ZCARD', key) end,
    above = function(ms) return call('ZCOUNT', key, '(' .. whole(ms * scale), '+inf') end,
    bounds = function()
      local low = call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
      if low then return math.ceil(low / scale), math.ceil(call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2] / scale) end
    end,
    keys = function(low, high)
      local range = { '(' .. whole(low * scale), whole(high * scale), 'WITHSCORES', 'LIMIT', 0, NEAR }
      local found, keys = call('ZRANGEBYSCORE', key, unpack(range)), {}
      for i = 2, #found, 2 do keys[#keys + 1] = math.ceil(found[i] / scale) end
      return keys
    end,
    read = function(rank, n)
      local found, entries = call('ZREVRANGE', key, rank, rank + n - 1, 'WITHSCORES'), {}
      for i = 1, #found, 2 do entries[#entries + 1] = { math.ceil(found[i + 1] / scale), found[i] } end
      return entries
    end,
  }
end

-- Entries that were read already, highest key first: those of sets which cannot tell kinds or starts apart, and are small.
local function fixed(entries)
  table.sort(entries, function(a, b)
    if a[1] ~= b[1] then return a[1] > b[1] end
    return a[2] > b[2]
  end)
  return {
    entries = entries,
    count = function() return #entries end,
    above = function(ms)
      for i, entry in ipairs(entries) do
        if entry[1] <= ms then return i - 1 end
      end
      return #entries
    end,
    read = function(rank, n)
      local part = {}
      for i = rank + 1, math.min(rank + n, #entries) do part[#part + 1] = entries[i] end
      return part
    end,
  }
end

local function of_kind(ids)
  if kind == '' or #ids == 0 then return ids end
  local some = {}
  for i, packed in ipairs(call('HMGET', J, unpack(ids))) do
    if packed and head(packed).kind == kind then some[#some + 1] = ids[i] end
  end
  return some
end

local function running()
  local ids, entries = of_kind(call('ZREVRANGE', base .. ':lease', 0, MOST - 1)), {}
  if #ids > 0 then
    for i, raw in ipairs(call('HMGET', R, unpack(ids))) do
      if raw then entries[#entries + 1] = { ABOVE_ALL + unpack_s('>d', raw, STARTED), ids[i] } end
    end
  end
  return fixed(entries)
end

-- All of them above what is asked for: only their number counts.
local function passed()
  local n = math.min(call('ZCARD', base .. ':lease'), MOST)
  return { entries = {}, count = function() return n end, above = function() return n end, read = function() return {} end }
end

-- Those that lost two workers wait apart from the others, all kinds together.
local function alone()
  local key = base .. ':ones'
  if kind == '' then return set(key, 1000) end
  local entries = {}
  for _, id in ipairs(of_kind(call('ZREVRANGE', key, 0, MOST - 1))) do
    entries[#entries + 1] = { math.ceil(call('ZSCORE', key, id) / 1000), id }
  end
  return fixed(entries)
end

local function sources()
  if actor ~= '' then return { set(base .. ':a:' .. actor, 1) } end
  local found, kinds, names = {}, {}, call('SMEMBERS', base .. ':kinds')
  local function wanted(each) return state == '' or state == each end
  table.sort(names)
  local below = what == 'take' and numbers[1] < ABOVE_ALL
  if wanted('running') and what ~= 'above' and what ~= 'keys' then found[1] = (below and kind == '') and passed() or running() end
  if wanted('ready') then found[#found + 1] = alone() end
  for _, name in ipairs(names) do
    local its = string.match(name, '^(.*):')
    if kind == '' or kind == its then
      if wanted('ready') then found[#found + 1] = set(base .. ':w:' .. name, 1000) end
      if not kinds[its] then
        if wanted('ready') then found[#found + 1] = set(list('parked', its), 1000) end
        for _, each in ipairs({ 'scheduled', 'retry', 'done', 'dead', 'cancelled', 'expired' }) do
          if wanted(each) then found[#found + 1] = set(list(each, its), 1) end
        end
      end
      kinds[its] = true
    end
  end
  return found
end

local function spread(all)
  local total, low, high, others = 0, nil, nil, {}
  for _, source in ipairs(all) do
    if source.entries then
      for _, entry in ipairs(source.entries) do others[#others + 1] = entry[1] end
    else
      total = total + source.count()
      local least, most = source.bounds()
      if least then low, high = math.min(low or least, least), math.max(high or most, most) end
    end
  end
  table.sort(others, function(a, b) return a > b end)
  return { total, low or 0, high or 0, others }
end

local function above(all, keys)
  local answer = {}
  for i, key in ipairs(keys) do
    answer[i] = 0
    for _, source in ipairs(all) do
      if not source.entries then answer[i] = answer[i] + source.above(key) end
    end
  end
  return answer
end

local function between(all, low, high)
  local keys = {}
  for _, source in ipairs(all) do
    if not source.entries then
      for _, key in ipairs(source.keys(low, high)) do keys[#keys + 1] = key end
    end
  end
  return keys
end

-- Merges the sources; of each no more is read than a chunk at a time.
local function take(all, key, pass, size)
  local total = 0
  for _, source in ipairs(all) do
    total = total + source.count()
    local over = source.above(key)
    local passed = math.min(pass, source.above(key - 1) - over)
    pass = pass - passed
    source.rank, source.at, source.chunk = over + passed, 1, {}
  end
  local keys, ids = {}, {}
  while #ids < size do
    local best, best_entry
    for _, source in ipairs(all) do
      if source.at > #source.chunk and not source.ended then
        source.chunk, source.at = source.read(source.rank, CHUNK), 1
        source.rank, source.ended = source.rank + CHUNK, #source.chunk < CHUNK
      end
      local entry = source.chunk[source.at]
      if entry and (not best or entry[1] > best_entry[1]) then best, best_entry = source, entry end
    end
    if not best then break end
    keys[#keys + 1], ids[#ids + 1] = best_entry[1], best_entry[2]
    best.at = best.at + 1
  end
  local answer = { total, keys, ids }
  for _, field in ipairs({ ':j', ':r', ':log', ':res', ':prog' }) do
    answer[#answer + 1] = #ids > 0 and call('HMGET', base .. field, unpack(ids)) or {}
  end
  return answer
end

local all = sources()
if what == 'spread' then return spread(all) end
if what == 'above' then return above(all, numbers) end
if what == 'keys' then return between(all, numbers[1], numbers[2]) end
return take(all, numbers[1], numbers[2], numbers[3])
