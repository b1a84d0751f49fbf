-- What wrk sends, and what it says at the end: one line of JSON.
--
--   wrk … -s load.lua URL -- [COOKIE-NAME FILE OFFSET COUNT]
--
-- With a file, each request carries the next of its lines as that cookie: of COUNT lines from the one after OFFSET bytes on.
-- The file's order is the random order. All requests are made before the clock starts, so that the generator only copies.
local requests, at = {}, 0

local function make(head, tail, path, offset, count)
  local file = assert(io.open(path))
  file:seek("set", offset)
  file:read("*l")
  local again = false
  for i = 1, count do
    local line = file:read("*l")
    if not line then
      if again then
        break
      end
      again = true
      file:seek("set", 0)
      line = file:read("*l")
    end
    requests[i] = head .. line .. tail
  end
  file:close()
end

function init(arguments)
  local name, path, offset, count = arguments[1], arguments[2], tonumber(arguments[3]), tonumber(arguments[4])
  if name then
    wrk.headers["Cookie"] = "@"
    local head, tail = wrk.format():match("^(.*Cookie: )@(.*)$")
    make(head .. name .. "=", tail, path, offset, count)
  else
    requests[1] = wrk.format()
  end
  local many = #requests
  request = function()
    at = at % many + 1
    return requests[at]
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"bytes":%d,"refused":%d,"broken":%d,"timeouts":%d,' ..
    '"p50_us":%d,"p90_us":%d,"p99_us":%d,"p999_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status, errors.connect + errors.read + errors.write,
    errors.timeout, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9),
    latency.max))
end
