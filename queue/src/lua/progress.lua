-- Stores what a handler reports.
-- ARGV: id, fence, progress as JSON ('' only asks whether the run holds its lease).
-- Answer: 1 stored, 0 not yours.
local id, raw = ARGV[1], call('HGET', R, ARGV[1])
if not raw or string.byte(raw, 1) ~= 82 or string.sub(raw, 7, 14) ~= ARGV[2] then return 0 end
if ARGV[3] ~= '' then
  call('HSET', base .. ':prog', id, ARGV[3])
  local extras = bor(string.byte(raw, 3), HAS_PROGRESS)
  call('HSET', R, id, string.sub(raw, 1, 2) .. string.char(extras) .. string.sub(raw, 4))
end
return 1
