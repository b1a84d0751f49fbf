// A record is 25 bytes and the account, where it is kept: failures, last failure (4 each, network order), kind (1),
// client (16). throttle_budget.cpp has the same arithmetic in C++, and a test holds the two together.
#include "throttle_scripts.hpp"

#include <string>

namespace latchkey {
namespace {

const std::string arithmetic = R"lua(
local P, now = ARGV[1], tonumber(ARGV[2])
local budgets = {}
for kind = 1, 4 do budgets[kind] = {failures = tonumber(ARGV[1 + 2 * kind]), window = tonumber(ARGV[2 + 2 * kind])} end
local function bit_width(n)
  local width = 0
  while n >= 1 do n, width = math.floor(n / 2), width + 1 end
  return width
end
local function first_wait(b) return math.max(1, math.floor(b.window / math.max(1, b.failures))) end
local function longest_wait(b) return math.max(1, b.window * 4) end
local function most_failures(b) return b.failures + bit_width(math.floor(longest_wait(b) / first_wait(b))) + 1 end
local function open_at(failures, last, b)
  if failures < b.failures then return last end
  return last + math.min(first_wait(b) * 2 ^ (math.min(failures, most_failures(b)) - b.failures), longest_wait(b))
end
local function failures_at(failures, last, b, at)
  local windows = math.floor((at - open_at(failures, last, b)) / math.max(1, b.window))
  if windows <= 0 then return failures end
  return windows >= 32 and 0 or math.floor(failures / 2 ^ windows)
end
local function with_failure(failures, last, b, at)
  return math.min(failures_at(failures, last, b, at) + 1, most_failures(b))
end
-- When nothing is left of them.
local function forgotten_at(failures, last, b)
  return open_at(failures, last, b) + math.max(1, b.window) * bit_width(failures)
end
)lua";

// Each kind has an index of its own: budgets of different windows can't be weighed against each other by the time at
// which they are forgotten.
const std::string keeping = R"lua(
local function index(kind) return P .. 'throttled:' .. kind end
local function read(key)
  local v = redis.call('GET', P .. 't:' .. key)
  if not v or #v < 25 then return nil end
  local failures, last = struct.unpack('>I4I4', v)
  return {failures = failures, last = last, client = string.sub(v, 10, 25), label = string.sub(v, 26)}
end
local function remove(kind, key)
  redis.call('ZREM', index(kind), key)
  return redis.call('DEL', P .. 't:' .. key)
end
-- Servers' clocks differ: a minute more than by this one.
local function put(kind, key, r)
  if r.failures <= 0 then
    remove(kind, key)
    return
  end
  local ends = forgotten_at(r.failures, r.last, budgets[kind])
  local left = string.format('%.0f', math.max(0, ends - now) * 1000 + 60000)
  redis.call('SET', P .. 't:' .. key, struct.pack('>I4I4B', r.failures, r.last, kind) .. r.client .. r.label, 'PX', left)
  redis.call('ZADD', index(kind), ends, key)
  if redis.call('PTTL', index(kind)) < tonumber(left) then redis.call('PEXPIRE', index(kind), left) end
end
)lua";

const std::string admit_text = R"lua(
local most, client, label = tonumber(ARGV[11]), ARGV[12], ARGV[13]
local found, closed, is_closed = {}, {'closed'}, false
for i = 14, #ARGV, 3 do
  local kind = tonumber(ARGV[i])
  local r = read(ARGV[i + 1]) or {failures = 0, last = 0, label = ''}
  local b = budgets[kind]
  -- As far as it could have come to be by now.
  r.failures, r.last = math.min(r.failures, most_failures(b)), math.min(r.last, now)
  r.client = kind <= 2 and client or string.rep('\0', 16)
  table.insert(found, r)
  local wait = 0
  if ARGV[i + 2] == '1' and r.failures > 0 then wait = math.max(0, open_at(r.failures, r.last, b) - now) end
  is_closed = is_closed or wait > 0
  table.insert(closed, wait)
end
if is_closed then return closed end

-- What is forgotten goes, a little at a time; and what is forgotten soonest, where there is no room for all.
local function make_room(kind, fresh)
  for _, key in ipairs(redis.call('ZRANGE', index(kind), '-inf', '(' .. ARGV[2], 'BYSCORE', 'LIMIT', 0, 16)) do
    remove(kind, key)
  end
  local surplus, gone = math.min(redis.call('ZCARD', index(kind)) - most, 16), 0
  if surplus <= 0 then return 0 end
  for _, key in ipairs(redis.call('ZRANGE', index(kind), 0, surplus)) do
    if key ~= fresh and gone < surplus then
      remove(kind, key)
      gone = gone + 1
    end
  end
  return gone
end
local out = {'ok', 0, 0}
for n, r in ipairs(found) do
  local kind, key = tonumber(ARGV[11 + 3 * n]), ARGV[12 + 3 * n]
  local b = budgets[kind]
  table.insert(out, r.failures)
  table.insert(out, r.last)
  r.failures, r.last = with_failure(r.failures, r.last, b, now), now
  if kind ~= 2 and r.failures >= b.failures and r.label == '' then r.label = label end
  put(kind, key, r)
  out[2] = out[2] + make_room(kind, key)
end
for kind = 1, 4 do out[3] = out[3] + redis.call('ZCARD', index(kind)) end
return out
)lua";

// Where others were counted since, they stay, and so does the time of the last.
const std::string settle_text = R"lua(
local succeeded = ARGV[11] == '1'
for i = 12, #ARGV, 5 do
  local kind, key = tonumber(ARGV[i]), ARGV[i + 1]
  local failures, last, at = tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), tonumber(ARGV[i + 4])
  local r = read(key)
  if r and succeeded and (kind == 1 or kind == 4) then
    remove(kind, key)
  elseif r then
    if r.last == at and r.failures == with_failure(failures, last, budgets[kind], at) then
      r.failures, r.last = failures, last
    else
      r.failures = r.failures - 1
    end
    put(kind, key, r)
  end
end
return {'ok'}
)lua";

const std::string page_text = R"lua(
local found = redis.call('ZSCAN', index(tonumber(ARGV[11])), ARGV[12], 'COUNT', ARGV[13])
local out = {found[1]}
for i = 1, #found[2], 2 do
  local v = redis.call('GET', P .. 't:' .. found[2][i])
  if v then
    table.insert(out, found[2][i])
    table.insert(out, v)
  end
end
return out
)lua";

const std::string forget_text = R"lua(
local out = {'ok'}
for i = 11, #ARGV, 2 do table.insert(out, remove(tonumber(ARGV[i]), ARGV[i + 1])) end
return out
)lua";

}  // namespace

throttle_scripts::throttle_scripts()
    : admit(script_that_needs_room + arithmetic + keeping + admit_text),
      settle(script_even_when_full + arithmetic + keeping + settle_text),
      page(script_even_when_full + arithmetic + keeping + page_text),
      forget(script_even_when_full + arithmetic + keeping + forget_text) {
}

}  // namespace latchkey
