-- Reads jobs. ARGV: ids. Answer: packed fields, run fields, logs, results, progress: five lists in the order of ids.
local answer = {}
for i, field in ipairs({ ':j', ':r', ':log', ':res', ':prog' }) do answer[i] = call('HMGET', base .. field, unpack(ARGV)) end
return answer
