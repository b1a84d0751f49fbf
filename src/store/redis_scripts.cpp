// A record is 77 bytes and the User-Agent, numbers in network order: created, authenticated, last seen, expires,
// rotated (4 each), flags (1: remembered), ordinal (8), address (16), key (32). See redis_records.cpp for the same in
// C++.
#include "redis_scripts.hpp"

#include <string>

namespace latchkey {
namespace {

const std::string common = R"lua(
local P, now = ARGV[1], tonumber(ARGV[2])
local floors = {tonumber(ARGV[3]), tonumber(ARGV[4])}
local function number() return redis.call('GET', P .. 'seq') or '0' end
local function total() return redis.call('ZCARD', P .. 'all') end
local function unchanged(word) return {word, number(), '0', '0'} end
local function user_key(user) return P .. 'u:' .. user end
local function key_key(key) return P .. 'k:' .. key end
local function times(r)
  local _, _, seen, ends, _, flags, ordinal = struct.unpack('>I4I4I4I4I4BI8', r)
  return seen, ends, flags % 2 + 1, ordinal
end
local function living(r)
  local seen, ends, kind = times(r)
  return now < ends and seen > floors[kind]
end
local function key_of(r) return string.sub(r, 46, 77) end
-- Whose session a key opens, or opened until that second less than a minute ago.
local function origin(key)
  local v = redis.call('GET', key_key(key))
  if not v then return nil end
  local rotated = nil
  if #v > 32 then
    rotated = struct.unpack('>I4', string.sub(v, 33))
    if now >= rotated + 60 then return nil end
  end
  return string.sub(v, 1, 16), string.sub(v, 17, 32), rotated
end
local function read(user, id) return redis.call('HGET', user_key(user), id) end
local function profile(user) return redis.call('HGET', user_key(user), 'p') or '' end
)lua";

const std::string changing = R"lua(
local keep, revoking = tonumber(ARGV[5]), ARGV[6]
-- What an answer begins with: how many sessions there are after this change, and the place of that count among all others.
local function done(word) return {word, number(), total(), redis.call('INCR', P .. 'turn')} end
-- Numbers the change and tells all servers of it. Numbers ascend also when Redis has lost its latest.
local function tell(kind, user, ids, body)
  local before = redis.call('GET', P .. 'seq')
  if not before then
    before = '0'
    if redis.call('EXISTS', P .. 'changes') == 1 then
      local info = redis.call('XINFO', 'STREAM', P .. 'changes')
      for i = 1, #info, 2 do
        if info[i] == 'last-generated-id' then before = string.match(info[i + 1], '^%d+') end
      end
    end
  end
  local second = tonumber(redis.call('TIME')[1])
  local n = string.format('%.0f', math.max(tonumber(before) + 1, second * 1048576))
  redis.call('SET', P .. 'seq', n)
  local oldest = string.format('%.0f', math.max(0, second - keep) * 1048576)
  redis.call('XADD', P .. 'changes', 'MINID', '~', oldest, n .. '-0', 'before', before, 'kind', kind, 'user', user,
             'ids', ids, 'at', now, 'revoked', kind == 'ended' and revoking or '0', 'total', total(), 'turn', redis.call('INCR', P .. 'turn'), 'body', body or '')
end
local function keep_for(key, ends)
  local left = math.max(0, ends - now) * 1000 + 60000
  if redis.call('PTTL', key) < left then redis.call('PEXPIRE', key, left) end
end
local function remove(user, id, r)
  redis.call('HDEL', user_key(user), id)
  redis.call('DEL', key_key(key_of(r)))
  redis.call('ZREM', P .. 'all', user .. id)
end
-- The profile goes with the last session.
local function leave(user)
  if redis.call('HLEN', user_key(user)) <= 1 then redis.call('DEL', user_key(user)) end
end
-- Whether the user's sessions show another picture from now on.
local function show(user, version, body)
  local shown = redis.call('HGET', user_key(user), 'p')
  if shown and (shown == body or struct.unpack('>I8', shown) > version) then return false end
  redis.call('HSET', user_key(user), 'p', body)
  return true
end
local function finish(user, id, r)
  local body = profile(user)
  local alive = living(r)
  remove(user, id, r)
  leave(user)
  if alive then tell('ended', user, id) end
  local out = done(alive and 'ok' or 'dead')
  for _, part in ipairs({user, id, r, body}) do table.insert(out, part) end
  return out
end
)lua";

const std::string insert_text = R"lua(
local user, id, key, r = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local cap, most, version, body = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13]), ARGV[14]
local here = user_key(user)
if redis.call('EXISTS', key_key(key)) == 1 or redis.call('HEXISTS', here, id) == 1 then return unchanged('taken') end
local live, dead, all = {}, {}, redis.call('HGETALL', here)
for i = 1, #all, 2 do
  if all[i] ~= 'p' then
    local one = {id = all[i], r = all[i + 1]}
    local _, _, _, ordinal = times(one.r)
    one.ordinal = ordinal
    table.insert(living(one.r) and live or dead, one)
  end
end
local surplus = #live + 1 - cap
if surplus < 1 and #dead == 0 and total() >= most then return unchanged('full') end
table.sort(live, function(a, b) return a.ordinal < b.ordinal end)
local ended = ''
for i = 1, surplus do
  remove(user, live[i].id, live[i].r)
  ended = ended .. live[i].id
end
for _, one in ipairs(dead) do remove(user, one.id, one.r) end
r = string.sub(r, 1, 21) .. struct.pack('>I8', redis.call('INCR', P .. 'turn')) .. string.sub(r, 30)
local _, ends = times(r)
redis.call('HSET', here, id, r)
redis.call('SET', key_key(key), user .. id)
redis.call('ZADD', P .. 'all', 0, user .. id)
keep_for(key_key(key), ends)
keep_for(here, ends)
local others = #live - math.max(0, surplus)
if show(user, version, body) and others > 0 then tell('profile', user, '', body) end
if ended ~= '' then tell('ended', user, ended) end
local out = done('ok')
for _, part in ipairs({ended, #dead, r, profile(user)}) do table.insert(out, part) end
return out
)lua";

const std::string rotate_text = R"lua(
local key, fresh, password = ARGV[7], ARGV[8], ARGV[9] == '1'
local user, id, rotated = origin(key)
local r = user and read(user, id)
if not r or not living(r) or (rotated and not password) then return unchanged('none') end
if redis.call('EXISTS', key_key(fresh)) == 1 then return unchanged('taken') end
local seen, ends = times(r)
local second = struct.pack('>I4', now)
redis.call('SET', key_key(key_of(r)), user .. id .. second, 'EX', 120)
r = string.sub(r, 1, 4) .. (password and second or string.sub(r, 5, 8)) .. struct.pack('>I4', math.max(seen, now)) ..
    string.sub(r, 13, 16) .. second .. string.sub(r, 21, 45) .. fresh .. string.sub(r, 78)
redis.call('HSET', user_key(user), id, r)
redis.call('SET', key_key(fresh), user .. id)
keep_for(key_key(fresh), ends)
tell('rotated', user, id)
local out = unchanged('ok')
for _, part in ipairs({user, id, r, profile(user)}) do table.insert(out, part) end
return out
)lua";

const std::string erase_text = R"lua(
local user, id = origin(ARGV[7])
local r = user and read(user, id)
if not r then return unchanged('none') end
return finish(user, id, r)
)lua";

const std::string erase_named_text = R"lua(
local user, id = ARGV[7], ARGV[8]
local r = read(user, id)
if not r then return unchanged('none') end
return finish(user, id, r)
)lua";

const std::string erase_user_text = R"lua(
local user, spare = ARGV[7], ARGV[8]
local all, ended, dead = redis.call('HGETALL', user_key(user)), '', 0
for i = 1, #all, 2 do
  local id, r = all[i], all[i + 1]
  if id ~= 'p' and id ~= spare then
    if living(r) then ended = ended .. id else dead = dead + 1 end
    remove(user, id, r)
  end
end
leave(user)
if ended ~= '' then tell('ended', user, ended) end
local out = done('ok')
table.insert(out, ended)
table.insert(out, dead)
return out
)lua";

const std::string refresh_text = R"lua(
local user, version, body = ARGV[7], tonumber(ARGV[8]), ARGV[9]
if redis.call('EXISTS', user_key(user)) == 1 and show(user, version, body) then tell('profile', user, '', body) end
return unchanged('ok')
)lua";

// A session moves when it was alive at the time of its use, which may be some seconds ago.
const std::string touch_text = R"lua(
for i = 7, #ARGV, 3 do
  local user, id, at = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local r = read(user, id)
  if r then
    local seen, ends, kind = times(r)
    if at > seen and at < ends and seen > floors[kind] - math.max(0, now - at) then
      redis.call('HSET', user_key(user), id, string.sub(r, 1, 8) .. struct.pack('>I4', at) .. string.sub(r, 13))
    end
  end
end
return unchanged('ok')
)lua";

// All servers walk on from the same place.
const std::string sweep_text = R"lua(
local most = tonumber(ARGV[7])
local from = redis.call('GET', P .. 'swept')
local some = redis.call('ZRANGE', P .. 'all', from and '(' .. from or '-', '+', 'BYLEX', 'LIMIT', 0, most)
local dead = 0
for _, member in ipairs(some) do
  local user, id = string.sub(member, 1, 16), string.sub(member, 17)
  local r = read(user, id)
  if not r then
    redis.call('ZREM', P .. 'all', member)
    dead = dead + 1
  elseif not living(r) then
    remove(user, id, r)
    leave(user)
    dead = dead + 1
  end
end
if #some < most then redis.call('DEL', P .. 'swept') else redis.call('SET', P .. 'swept', some[#some]) end
local out = done('ok')
table.insert(out, dead)
table.insert(out, #some)
return out
)lua";

// A session that was dead by the time-outs before stays dead by longer ones: since when it must have been seen.
const std::string limits_text = R"lua(
-- A number there must be, so that its loss is noticed.
redis.call('SET', P .. 'seq', string.format('%.0f', tonumber(redis.call('TIME')[1]) * 1048576), 'NX')
local out = done('ok')
for kind = 1, 2 do
  local idle, was = tonumber(ARGV[6 + kind]), redis.call('HMGET', P .. 'limits', 'idle' .. kind, 'floor' .. kind)
  local floor = tonumber(was[2] or '0')
  if was[1] and tonumber(was[1]) < idle then floor = math.max(floor, now - tonumber(was[1])) end
  redis.call('HSET', P .. 'limits', 'idle' .. kind, ARGV[6 + kind], 'floor' .. kind, string.format('%.0f', floor))
  out[4 + kind] = floor
end
return out
)lua";

const std::string last_text = R"lua(
return {number()}
)lua";

const std::string find_text = R"lua(
local user, id, rotated = origin(ARGV[5])
local r = user and not rotated and read(user, id)
if not r or not living(r) then return {number()} end
return {number(), user, id, r, profile(user)}
)lua";

const std::string find_named_text = R"lua(
local user, id = ARGV[5], ARGV[6]
local r = read(user, id)
if not r or not living(r) then return {number()} end
return {number(), user, id, r, profile(user)}
)lua";

const std::string find_rotated_text = R"lua(
local user, id, rotated = origin(ARGV[5])
local r = rotated and read(user, id)
if not r or not living(r) then return {number()} end
return {number(), user, id, r, profile(user), rotated}
)lua";

const std::string list_text = R"lua(
local user = ARGV[5]
local all, out = redis.call('HGETALL', user_key(user)), {number(), profile(user)}
for i = 1, #all, 2 do
  if all[i] ~= 'p' and living(all[i + 1]) then
    table.insert(out, all[i])
    table.insert(out, all[i + 1])
  end
end
return out
)lua";

const std::string page_text = R"lua(
local from, most, out, looked = ARGV[5], tonumber(ARGV[6]), {number(), ''}, 0
while #out < 2 + 4 * most and looked < 5000 do
  local some = redis.call('ZRANGE', P .. 'all', from ~= '' and '(' .. from or '-', '+', 'BYLEX', 'LIMIT', 0, 500)
  for _, member in ipairs(some) do
    from = member
    looked = looked + 1
    local user, id = string.sub(member, 1, 16), string.sub(member, 17)
    local r = read(user, id)
    if r and living(r) then
      for _, part in ipairs({user, id, r, profile(user)}) do table.insert(out, part) end
      if #out == 2 + 4 * most then break end
    end
  end
  if #some < 500 and #out < 2 + 4 * most then return out end
end
out[2] = from
return out
)lua";

const std::string search_text = R"lua(
local some = redis.call('ZRANGE', P .. 'all', ARGV[5] ~= '' and '(' .. ARGV[5] or '-', '+', 'BYLEX', 'LIMIT', 0, 5000)
for _, member in ipairs(some) do
  if string.sub(member, 17) == ARGV[6] then return {number(), 'found', string.sub(member, 1, 16)} end
end
if #some < 5000 then return {number(), 'none', ''} end
return {number(), 'more', some[#some]}
)lua";

}  // namespace

redis_scripts::redis_scripts()
    : insert(script_that_needs_room + common + changing + insert_text),
      rotate(script_even_when_full + common + changing + rotate_text),
      erase(script_even_when_full + common + changing + erase_text),
      erase_named(script_even_when_full + common + changing + erase_named_text),
      erase_user(script_even_when_full + common + changing + erase_user_text),
      refresh(script_even_when_full + common + changing + refresh_text),
      touch(script_even_when_full + common + changing + touch_text),
      sweep(script_even_when_full + common + changing + sweep_text),
      limits(script_even_when_full + common + changing + limits_text),
      last(script_even_when_full + common + last_text),
      find(script_even_when_full + common + find_text),
      find_named(script_even_when_full + common + find_named_text),
      find_rotated(script_even_when_full + common + find_rotated_text),
      list(script_even_when_full + common + list_text),
      page(script_even_when_full + common + page_text),
      search(script_even_when_full + common + search_text) {
}

}  // namespace latchkey
