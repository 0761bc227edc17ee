-- Lists workers. KEYS[1] is the registry. Answer: the time in ms, then per worker: when it last reported (ms), its
-- description.
local answer = { math.floor(time_us() / 1000) }
local seen = call('ZRANGE', base .. ':seen', 0, -1, 'WITHSCORES')
for i = 1, #seen, 2 do
  local info = call('HGET', base .. ':workers', seen[i])
  if info then
    answer[#answer + 1] = tonumber(seen[i + 1])
    answer[#answer + 1] = info
  end
end
return answer
