-- Cancels a job: at once while it waits, through its worker's next renewal while it runs.
-- ARGV: id. Answer: the letter of the state that it was in, '' for no such job.
local id = ARGV[1]
local packed = call('HGET', J, id)
if not packed then return '' end
local h, r = head(packed), read_run(call('HGET', R, id))
local was = r.state
if was == 'R' then
  r.extras = bor(r.extras, CANCEL)
  write_run(id, r)
  -- The worker waits on a list of its own too: a token there brings the next renewal forward.
  local own = base .. ':wake:' .. r.worker
  call('LPUSH', own, 'c')
  call('PEXPIRE', own, 5000)
elseif was == 'w' or was == 's' or was == 't' then
  local g = gates(h, packed)
  withdraw(id, h, g)
  finish(id, h, g, r, 'cancelled', time_us())
end
return was
