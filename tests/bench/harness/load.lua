-- What wrk sends, and what it says at the end: one line of JSON.
--
--   wrk … -s load.lua URL -- [COOKIE-NAME FILE SEED]
--
-- With a file, each request carries the next of its lines as that cookie, from a place of SEED's on; the file's order is
-- the random order. All requests are made before the clock starts, so that the generator only copies.
local requests, at = {}, 0

function init(arguments)
  local name, file, seed = arguments[1], arguments[2], tonumber(arguments[3])
  if name then
    wrk.headers["Cookie"] = "@"
    local head, tail = wrk.format():match("^(.*Cookie: )@(.*)$")
    head = head .. name .. "="
    local count = 0
    for line in io.lines(file) do
      count = count + 1
      requests[count] = head .. line .. tail
    end
    at = seed % count
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
    '\n@{"requests":%d,"seconds":%.6f,"bytes":%d,"refused":%d,"broken":%d,"timeouts":%d,' ..
    '"p50_us":%d,"p90_us":%d,"p99_us":%d,"p999_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status, errors.connect + errors.read + errors.write,
    errors.timeout, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9),
    latency.max))
end
