-- Shared by the scripts that end jobs: the lists of what is kept, and the counters. Needs prelude.lua and `forget`.

-- Keeps a list of ended jobs within its time and count; a hundred at a time, more than one call can add.
local function trim(key, oldest, most)
  local stale = call('ZRANGEBYSCORE', key, '-inf', oldest, 'LIMIT', 0, 100)
  if #stale == 0 then
    local over = call('ZCARD', key) - most
    if over <= 0 then return end
    stale = call('ZRANGE', key, 0, math.min(over, 100) - 1)
  end
  call('ZREMRANGEBYRANK', key, 0, #stale - 1)
  forget(stale)
end

-- Counts ended jobs: per kind for ever, and per ten seconds for the rate.
local function count(state, kind, ms, n)
  call('HINCRBY', base .. ':count', state .. ':' .. kind, n)
  local bucket = math.floor(ms / 10000)
  if call('HINCRBY', base .. ':rate', bucket, n) == n then
    for _, old in ipairs(call('HKEYS', base .. ':rate')) do
      if tonumber(old) < bucket - 7 then call('HDEL', base .. ':rate', old) end
    end
  end
end
