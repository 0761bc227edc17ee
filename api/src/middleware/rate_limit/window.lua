-- Counts one call of a caller in a sliding window and says whether it may pass.
-- The window is estimated from two fixed ones: all of the present one and the part of the one before that the sliding
-- window still covers. Memory a caller is constant, and only calls that passed count.
--
-- KEYS[1]  hash of the caller: w = index of the present window, c = its calls, p = calls of the window before
-- ARGV[1]  calls allowed in a window
-- ARGV[2]  length of the window in milliseconds
-- Answer   {1 or 0, calls left, milliseconds until a call passes again (refused) or the window is empty (passed)}
local limit, length = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, elapsed = math.floor(now / length), now % length

local known = redis.call('HMGET', KEYS[1], 'w', 'c', 'p')
local last, current, previous = tonumber(known[1]), tonumber(known[2]) or 0, tonumber(known[3]) or 0
if last ~= window then
  previous = (last == window - 1) and current or 0
  current = 0
end

local weighed = previous * (length - elapsed) / length + current
if weighed + 1 > limit then
  -- The present window alone is full: wait for its end. Else until enough of the one before has slid out.
  local wait = length - elapsed
  if current + 1 <= limit then
    wait = math.ceil(length * (1 - (limit - 1 - current) / previous)) - elapsed
  end
  return {0, 0, math.max(wait, 1)}
end

redis.call('HSET', KEYS[1], 'w', window, 'c', current + 1, 'p', previous)
redis.call('PEXPIRE', KEYS[1], 2 * length)
return {1, math.floor(limit - weighed - 1), length - elapsed}
