-- Batches. ARGV: op, batch id, then for `open`: completion id, its packed field without the place.
-- Ops: open (once), seal (no more members will come), view.
-- Answer: sealed, outstanding, done, failed, completed; an empty list for no such batch.
local op, batch = ARGV[1], ARGV[2]
local key = base .. ':b:' .. batch
if op == 'open' and call('EXISTS', key) == 0 then
  call('HSET', key, 'completion', ARGV[3], 'tail', ARGV[4])
elseif op == 'seal' and call('EXISTS', key) == 1 then
  call('HSET', key, 'sealed', 1)
  complete(batch, time_us())
end
local b = call('HMGET', key, 'sealed', 'done', 'failed', 'completed', 'completion')
if not b[5] then return {} end
if op ~= 'view' then
  -- Longer than any job is kept.
  call('EXPIRE', key, 3024000)
  call('EXPIRE', base .. ':bm:' .. batch, 3024000)
end
return { b[1] and 1 or 0, call('SCARD', base .. ':bm:' .. batch), tonumber(b[2] or 0), tonumber(b[3] or 0), b[4] and 1 or 0 }
