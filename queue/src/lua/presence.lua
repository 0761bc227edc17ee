-- Tells the outbox sweeper what is known of its jobs.
-- ARGV: ids. Answer: per id: 0 or 1 for the record, the run field, the result, the log ('' for none).
local runs, answer = call('HMGET', R, unpack(ARGV)), {}
for i, id in ipairs(ARGV) do
  local raw, result, log = runs[i], '', ''
  if raw then
    local extras = string.byte(raw, 3)
    if band(extras, HAS_RESULT) ~= 0 then result = call('HGET', base .. ':res', id) or '' end
    if band(extras, HAS_LOG) ~= 0 then log = call('HGET', base .. ':log', id) or '' end
  end
  answer[i] = { call('HEXISTS', J, id), raw or '', result, log }
end
return answer
