-- Registers a worker and forgets those that stopped reporting. KEYS[1] is the registry, `{prefix}`.
-- ARGV: name, its description as JSON ('' when it leaves), ms after which a silent worker is forgotten, then its queues.
local ms = math.floor(time_us() / 1000)
local seen, info = base .. ':seen', base .. ':workers'
for i = 4, #ARGV do call('SADD', base .. ':queues', ARGV[i]) end
if ARGV[2] == '' then
  call('ZREM', seen, ARGV[1])
  call('HDEL', info, ARGV[1])
else
  call('ZADD', seen, ms, ARGV[1])
  call('HSET', info, ARGV[1], ARGV[2])
end
local silent = call('ZRANGEBYSCORE', seen, '-inf', ms - ARGV[3], 'LIMIT', 0, 100)
if #silent > 0 then
  call('ZREM', seen, unpack(silent))
  call('HDEL', info, unpack(silent))
end
return ms
