-- Shared by every script of a queue. KEYS[1] is the queue's base key, `{prefix:queue}`: its hash tag puts every key
-- derived from it into one slot.
--
-- A job is two hash fields: `:j id` is packed once and never changes, `:r id` is the run field, absent until the job
-- first leaves the plain ready state. Ids are 16 raw bytes.
--   packed: >d place | B flags | B priority | H max_attempts | B length, name (kind:version) | H length, gates | body
--   run:    c1 state | B flags | B extras | B losses | H attempt | c8 fence | >d started | >d at | worker
-- `place` is the time a job became due minus its priority in minutes (µs): the order of the waiting sets, ageing
-- included. `at` is when the job is due or ended (ms).
local call, base = redis.call, KEYS[1]
local J, R = base .. ':j', base .. ':r'
local band, bor = bit.band, bit.bor
local pack, unpack_s = struct.pack, struct.unpack

local CONCURRENCY, UNIQUE, RATE, EXPIRY, BATCH, DURABLE, ACTOR, COUNTERS = 1, 2, 4, 8, 16, 32, 64, 128
local HAS_LOG, HAS_RESULT, HAS_PROGRESS, CANCEL, CONFIRMED, DELISTED, FORCED = 1, 2, 4, 8, 16, 32, 64
local NO_FENCE = string.rep('\0', 8)

local function time_us()
  local t = call('TIME')
  return t[1] * 1000000 + t[2]
end

-- A whole number as text: a third of what the conversion of doubles costs that Redis makes of a number.
local function whole(n) return string.format('%d', n) end

-- The sorted set of a kind's jobs in one state.
local function list(state, kind) return base .. ':l:' .. state .. ':' .. kind end

-- Wakes one worker. Tokens are capped: more would only be popped in vain.
local function nudge()
  if call('LLEN', base .. ':wake') < 16 then call('LPUSH', base .. ':wake', '1') end
end

-- Advances the lease clock from what the queue's meta holds: a stall, a restart or a step of the wall clock moves it by
-- two seconds at most.
local function tick(ms, clock, last)
  if last and ms == tonumber(last) then return tonumber(clock) end
  clock = (clock or 0) + math.max(0, math.min(ms - (last or ms), 2000))
  call('HSET', base .. ':meta', 'clock', whole(clock), 'last', whole(ms))
  return clock
end
