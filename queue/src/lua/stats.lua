-- Figures of one queue.
-- Answer: paused, running, jobs that run alone, age in ms of the oldest waiting job (−1 for none), jobs ended in the
-- last minute; then per kind:version: the name, jobs waiting, and, with the first name of each kind, jobs parked,
-- scheduled, retry, done, dead, cancelled, expired (else −1).
local us = time_us()
local oldest, kinds = nil, {}
local names = call('SMEMBERS', base .. ':kinds')

local function age(key)
  local heads = call('ZRANGE', key, 0, 9, 'WITHSCORES')
  for i = 1, #heads, 2 do
    local packed = call('HGET', J, heads[i])
    if packed then
      local since = heads[i + 1] + string.byte(packed, 10) * 60000000
      if not oldest or since < oldest then oldest = since end
    end
  end
end

local answer = { call('HEXISTS', base .. ':meta', 'paused'), call('ZCARD', base .. ':lease'), call('ZCARD', base .. ':ones'), -1, 0 }
age(base .. ':ones')
for _, name in ipairs(names) do
  local kind = string.match(name, '^(.*):')
  age(base .. ':w:' .. name)
  answer[#answer + 1] = name
  answer[#answer + 1] = call('ZCARD', base .. ':w:' .. name)
  if not kinds[kind] then age(list('parked', kind)) end
  for _, state in ipairs({ 'parked', 'scheduled', 'retry', 'done', 'dead', 'cancelled', 'expired' }) do
    answer[#answer + 1] = kinds[kind] and -1 or call('ZCARD', list(state, kind))
  end
  kinds[kind] = true
end
if oldest then answer[4] = math.max(0, math.floor((us - oldest) / 1000)) end
-- The rate is kept in buckets of ten seconds: of the one that is leaving the minute, what has not left it yet.
local now = us / 10000000
local ended = 0
local buckets = call('HGETALL', base .. ':rate')
for i = 1, #buckets, 2 do
  local left = now - 6 - tonumber(buckets[i])
  if left < 1 then ended = ended + buckets[i + 1] * math.min(1, 1 - left) end
end
answer[5] = math.floor(ended + 0.5)
return answer
