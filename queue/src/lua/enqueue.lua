-- Enters jobs, each once: a known id is left alone. Plain jobs of one kind cost one ZADD together.
-- ARGV: high-water mark, then per job: id, run_at in ms (0 for now), the packed field without its place.
-- Answer: 1 when a kind was seen for the first time, then per job the id that stands for it. Error FULL above the mark.
local n = (#ARGV - 1) / 3
if call('HLEN', J) + n > tonumber(ARGV[1]) then
  local waiting = call('ZCARD', base .. ':due') + call('ZCARD', base .. ':ones')
  for _, name in ipairs(call('SMEMBERS', base .. ':kinds')) do
    waiting = waiting + call('ZCARD', base .. ':w:' .. name) + call('ZCARD', list('parked', string.match(name, '^(.*):')))
  end
  if waiting + n > tonumber(ARGV[1]) then return redis.error_reply('FULL the queue is above its high-water mark') end
end

-- Plain jobs of one call have one place per priority; among equals the id decides, and ids are made in order.
local us = time_us()
local places = {}
local function place_of(priority)
  local place = places[priority]
  if not place then
    local at = us - priority * 60000000
    place = { whole(at), pack('>d', at) }
    places[priority] = place
  end
  return place[1], place[2]
end
local ids = {}
for i = 1, n do ids[i] = ARGV[i * 3 - 1] end
local known = call('HMGET', J, unpack(ids))
local answer, fields, waiting, seen, first = { 0 }, {}, {}, {}, 0
for i = 1, n do
  local id, run_at, tail = ids[i], tonumber(ARGV[i * 3]), ARGV[i * 3 + 1]
  local flags, priority, _, _, length = string.byte(tail, 1, 5)
  local name = string.sub(tail, 6, 5 + length)
  answer[i + 1] = id
  if known[i] or seen[id] then
    answer[i + 1] = id .. '='
  elseif run_at == 0 and band(flags, CONCURRENCY + UNIQUE + EXPIRY + BATCH + ACTOR) == 0 then
    local place, packed_place = place_of(priority)
    fields[#fields + 1] = id
    fields[#fields + 1] = packed_place .. tail
    local set = waiting[name]
    if not set then
      set = {}
      waiting[name] = set
    end
    set[#set + 1] = place
    set[#set + 1] = id
  else
    local owner = rare().insert(id, tail, run_at, us)
    if owner ~= id then
      answer[i + 1] = owner .. '='
    else
      waiting[name] = waiting[name] or {}
    end
  end
  seen[id] = true
end
if #fields > 0 then
  call('HSET', J, unpack(fields))
  nudge()
end
for name, set in pairs(waiting) do
  if #set > 0 then call('ZADD', base .. ':w:' .. name, unpack(set)) end
  first = first + call('SADD', base .. ':kinds', name)
end
answer[1] = first
return answer
