-- Shared by the scripts that let go of records. Needs prelude.lua and job.lua.

-- Drops records that left their list. A durable one whose outbox row is not finished stays readable by its id.
local function forget(ids)
  if #ids == 0 then return end
  local runs = call('HMGET', R, unpack(ids))
  local plain, rich = {}, {}
  for i, id in ipairs(ids) do
    local raw = runs[i]
    local flags, extras = 0, 0
    if raw then flags, extras = string.byte(raw, 2, 3) end
    if band(flags, DURABLE) ~= 0 and band(extras, CONFIRMED) == 0 then
      call('HSET', R, id, string.sub(raw, 1, 2) .. string.char(bor(extras, DELISTED)) .. string.sub(raw, 4))
    else
      plain[#plain + 1] = id
      if extras ~= 0 then rich[#rich + 1] = id end
      if band(flags, ACTOR) ~= 0 then
        local packed = call('HGET', J, id)
        if packed then call('ZREM', base .. ':a:' .. gates(head(packed), packed).actor, id) end
      end
    end
  end
  if #plain > 0 then
    call('HDEL', J, unpack(plain))
    call('HDEL', R, unpack(plain))
  end
  if #rich > 0 then
    for _, side in ipairs({ ':log', ':res', ':prog' }) do call('HDEL', base .. side, unpack(rich)) end
  end
end
