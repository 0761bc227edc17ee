-- Ends runs. The fence decides: a run that lost its lease changes nothing, a repeated call changes nothing twice.
-- ARGV per job: id, fence, op, kind, x, y, text.
--   d done:      x = ms to keep (−1 for counters only), y = count to keep, text = result as JSON or ''
--   t retry:     x = delay in ms, text = error as a JSON string
--   x dead, c cancelled: text = error as a JSON string
--   z snooze:    x = delay in ms
--   h hand back: the attempt is not spent
-- Answer per job: 1 applied, 2 already applied, 0 not yours, 3 no record.
local us = time_us()
local ms = math.floor(us / 1000)
local n = #ARGV / 7
local ids = {}
for i = 1, n do ids[i] = ARGV[i * 7 - 6] end
local runs = call('HMGET', R, unpack(ids))
local answer, leases, fields, dropped, ended, results = {}, {}, {}, {}, {}, {}
local now_text, now_packed = whole(ms), pack('>d', ms)

local function settle(id, raw, op, x, y, text)
  local packed = call('HGET', J, id)
  if not packed then return end
  local h, r = head(packed), read_run(raw)
  local g = gates_of(h, packed, r)
  -- A job of this key that is due again takes its place in line before the slot is given on.
  if g.key then promote_due(ms) end
  if op ~= 'd' and band(r.extras, CANCEL) ~= 0 then op = 'c' end
  if op == 'd' then
    if text ~= '' then
      call('HSET', base .. ':res', id, text)
      r.extras = bor(r.extras, HAS_RESULT)
    end
    return finish(id, h, g, r, 'done', us, x, y)
  end
  if op == 't' or op == 'x' or op == 'c' then note(id, r, ms, text ~= '' and text or '"cancelled"') end
  if op == 'x' then return finish(id, h, g, r, 'dead', us) end
  if op == 'c' then return finish(id, h, g, r, 'cancelled', us) end
  if op ~= 't' then r.attempt = r.attempt - 1 end
  if op == 'h' then
    if g.key then call('SREM', base .. ':c:' .. g.key, id) end
    r.state, r.at = 'w', 0
    write_run(id, r)
    admit(id, h, g, r.losses)
  else
    leave(id, g)
    defer(id, h, g, r, op == 't' and 'retry' or 'scheduled', ms + x, ms)
  end
end

for i = 1, n do
  local a = i * 7 - 6
  local id, raw = ids[i], runs[i]
  if not raw then
    answer[i] = 3
  elseif string.sub(raw, 7, 14) ~= ARGV[a + 1] then
    answer[i] = 0
  elseif string.byte(raw, 1) ~= 82 then
    answer[i] = 2
  else
    answer[i] = 1
    leases[#leases + 1] = id
    local op, kind, x, text = ARGV[a + 2], ARGV[a + 3], tonumber(ARGV[a + 4]), ARGV[a + 6]
    local flags, extras = string.byte(raw, 2, 3)
    if op ~= 'd' or band(flags, CONCURRENCY + UNIQUE + BATCH) ~= 0 then
      settle(id, raw, op, x, tonumber(ARGV[a + 5]), text)
    else
      local group = ended[kind]
      if not group then
        group = { count = 0, keep = x, most = tonumber(ARGV[a + 5]), members = {} }
        ended[kind] = group
      end
      group.count = group.count + 1
      if x < 0 and band(flags, DURABLE) == 0 then
        dropped[#dropped + 1] = id
      else
        if text ~= '' then
          results[#results + 1] = id
          results[#results + 1] = text
          extras = bor(extras, HAS_RESULT)
        end
        fields[#fields + 1] = id
        fields[#fields + 1] = 'd' .. string.char(flags, extras) .. string.sub(raw, 4, 22) .. now_packed .. string.sub(raw, 31)
        group.members[#group.members + 1] = now_text
        group.members[#group.members + 1] = id
      end
    end
  end
end
if #leases > 0 then call('ZREM', base .. ':lease', unpack(leases)) end
if #fields > 0 then call('HSET', R, unpack(fields)) end
if #results > 0 then call('HSET', base .. ':res', unpack(results)) end
forget(dropped)
for kind, group in pairs(ended) do
  count('done', kind, ms, group.count)
  if #group.members > 0 then
    local key = list('done', kind)
    call('ZADD', key, unpack(group.members))
    if group.keep >= 0 then trim(key, ms - group.keep, group.most) end
  end
end
return answer
