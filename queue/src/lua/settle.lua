-- Shared by the script of a worker's turn: ends runs. The fence decides: a run that lost its lease changes nothing, a
-- repeated call changes nothing twice. Needs prelude.lua, ended.lua and the rare parts.

-- The groups of ARGV from `at` on, and the ids of all of them.
local function read_groups(at)
  local groups, ids = {}, {}
  while ARGV[at] do
    local group = { op = ARGV[at], kind = ARGV[at + 1], x = tonumber(ARGV[at + 2]), y = tonumber(ARGV[at + 3]), text = ARGV[at + 4] }
    group.first, group.last = at + 6, at + 4 + 2 * ARGV[at + 5]
    for i = group.first, group.last, 2 do ids[#ids + 1] = ARGV[i] end
    groups[#groups + 1] = group
    at = group.last + 2
  end
  return groups, ids
end

-- The end of most jobs: done, without a gate that somebody else waits behind. One command serves all of a group.
local function settle_plain(group, plain, us)
  local ms = math.floor(us / 1000)
  count('done', group.kind, ms, #plain / 2)
  local dropped, gone, fields, members, results = {}, {}, {}, {}, {}
  local now_text, now_packed = whole(ms), pack('>d', ms)
  for i = 1, #plain, 2 do
    local id, raw = plain[i], plain[i + 1]
    local flags, extras = string.byte(raw, 2, 3)
    if group.x < 0 and extras == 0 and band(flags, DURABLE + ACTOR) == 0 then
      gone[#gone + 1] = id
    elseif group.x < 0 and band(flags, DURABLE) == 0 then
      dropped[#dropped + 1] = id
    else
      if group.text ~= '' then
        results[#results + 1] = id
        results[#results + 1] = group.text
        raw = string.sub(raw, 1, 2) .. string.char(bor(extras, HAS_RESULT)) .. string.sub(raw, 4)
      end
      local n = #fields
      fields[n + 1] = id
      fields[n + 2] = 'd' .. string.sub(raw, 2, 22) .. now_packed .. string.sub(raw, 31)
      members[n + 1] = now_text
      members[n + 2] = id
    end
  end
  if #gone > 0 then
    call('HDEL', J, unpack(gone))
    call('HDEL', R, unpack(gone))
  end
  forget(dropped)
  if #results > 0 then call('HSET', base .. ':res', unpack(results)) end
  if #fields > 0 then
    local key = list('done', group.kind)
    call('HSET', R, unpack(fields))
    call('ZADD', key, unpack(members))
    if group.x >= 0 then trim(key, ms - group.x, group.y) end
  end
end

-- Ends the runs of ARGV from `at` on. Answer: a digit per run, as turn.lua explains them.
local function settle(at, us)
  local groups, ids = read_groups(at)
  if #ids == 0 then return '' end
  local runs = call('HMGET', R, unpack(ids))
  local codes, mine, n = {}, {}, 0
  for _, group in ipairs(groups) do
    group.plain, group.rich = {}, {}
    for i = group.first, group.last, 2 do
      n = n + 1
      local id, raw = ids[n], runs[n]
      if not raw then
        codes[n] = '3'
      elseif string.sub(raw, 7, 14) ~= ARGV[i + 1] then
        codes[n] = '0'
      else
        local state, flags = string.byte(raw, 1, 2)
        codes[n] = state == 82 and '1' or '2'
        if state == 82 then
          mine[#mine + 1] = id
          local gated = group.op ~= 'd' or band(flags, CONCURRENCY + UNIQUE + BATCH) ~= 0
          local part = gated and group.rich or group.plain
          part[#part + 1] = id
          part[#part + 1] = raw
        end
      end
    end
  end
  if #mine > 0 then call('ZREM', base .. ':lease', unpack(mine)) end
  for _, group in ipairs(groups) do
    for i = 1, #group.rich, 2 do rare().settle_one(group.rich[i], group.rich[i + 1], group, us) end
    if #group.plain > 0 then settle_plain(group, group.plain, us) end
  end
  return table.concat(codes)
end
