-- Renews leases, all of a worker's in one queue at once, and says which runs are to stop.
-- ARGV: lease in ms, then per job: id, fence.
-- Answer: for each run that is to stop, its id and 'l' (the lease is lost) or 'c' (cancelled; the lease is renewed).
if #ARGV == 1 then return {} end
local meta = call('HMGET', base .. ':meta', 'clock', 'last')
local clock = tick(math.floor(time_us() / 1000), meta[1], meta[2])
local ids, leases, answer, expiry = {}, {}, {}, whole(clock + ARGV[1])
for i = 2, #ARGV, 2 do ids[#ids + 1] = ARGV[i] end
local runs = call('HMGET', R, unpack(ids))
for i, id in ipairs(ids) do
  local raw = runs[i]
  local mine = raw and string.byte(raw, 1) == 82 and string.sub(raw, 7, 14) == ARGV[i * 2 + 1]
  if mine then
    leases[#leases + 1] = expiry
    leases[#leases + 1] = id
  end
  if not mine or band(string.byte(raw, 3), CANCEL) ~= 0 then
    answer[#answer + 1] = id
    answer[#answer + 1] = mine and 'c' or 'l'
  end
end
if #leases > 0 then call('ZADD', base .. ':lease', 'XX', unpack(leases)) end
return answer
