-- The outbox rows of these jobs are finished: their terminal records may be trimmed.
-- ARGV: ids. Answer: how many were terminal.
local gone, n = {}, 0
for _, id in ipairs(ARGV) do
  local raw = call('HGET', R, id)
  local state = raw and string.sub(raw, 1, 1)
  if state and string.find('dxce', state, 1, true) then
    local extras = bor(string.byte(raw, 3), CONFIRMED)
    call('HSET', R, id, string.sub(raw, 1, 2) .. string.char(extras) .. string.sub(raw, 4))
    if band(extras, DELISTED) ~= 0 then gone[#gone + 1] = id end
    n = n + 1
  end
end
forget(gone)
return n
