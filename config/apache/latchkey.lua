local host, port = "127.0.0.1", 9080  -- yours: server.listen of Latchkey

-- The question that httpd asks Latchkey about each request: LuaHookAccessChecker of latchkey.conf.
--
-- A request passes when this function returns apache2.DECLINED, which it does in one place, as its last act. Every
-- other way out is a refusal; an error in here is 500.

local socket = require "socket"

local patience = 5  -- seconds for each read; an answer takes less than a millisecond, or something is wrong

-- All of them, always: an application must find Latchkey's word or nothing.
local identity = { "Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "Remote-Session" }

-- What Latchkey decides by, besides what is set below.
local passed_on = { "Cookie", "Authorization", "Accept", "X-Requested-With", "Sec-Fetch-Mode", "User-Agent" }

local own_cookies = { ["__Host-session"] = true, ["__Secure-session"] = true, ["__Host-device"] = true }

local kept  -- the connection to Latchkey that this thread keeps open

-- What clients may not say of themselves. "Remote_User" and "Remote-User" are one name to many applications: nothing
-- with an underscore goes in.
local function is_ours(name)
    return name:find("_", 1, true) or name == "forwarded" or name:find("^remote%-") or
           name:find("^x%-forwarded%-") or name:find("^x%-original%-") or name:find("^x%-rewrite%-") or
           name:find("^x%-real%-")
end

local function drop_claims(r)
    local claimed = {}
    for name in pairs(r:headers_in_table()) do
        if is_ours(name:lower()) then
            claimed[#claimed + 1] = name
        end
    end
    for _, name in ipairs(claimed) do
        r.headers_in[name] = nil
    end
end

-- `Connection: Remote-User` would make httpd drop that header after we have set it. Only what has a use is left.
local function tidy_connection(r)
    local connection = (r.headers_in["Connection"] or ""):lower()
    local upgrade = (r.headers_in["Upgrade"] or ""):lower()
    if upgrade == "websocket" and connection:find("upgrade", 1, true) then
        r.headers_in["Connection"] = "upgrade"
    else
        r.headers_in["Upgrade"] = nil
        r.headers_in["Connection"] = connection:find("close", 1, true) and "close" or nil
    end
    for _, name in ipairs{ "Proxy-Connection", "Keep-Alive", "TE", "HTTP2-Settings" } do
        r.headers_in[name] = nil
    end
end

-- What the application gets as Cookie: everything but Latchkey's own. It has no use for them, and what it does not
-- have it cannot lose.
local function without_own(cookies)
    local others = {}
    for pair in cookies:gmatch("[^;]+") do
        local text = pair:match("^%s*(.-)%s*$")
        if text ~= "" and not own_cookies[text:match("^([^=]-)%s*=")] then
            others[#others + 1] = text
        end
    end
    return #others > 0 and table.concat(others, "; ") or nil
end

-- The status and the header fields, names in lower case; nothing when there is no such answer. The connection is kept
-- only when it is certain where the answer ended.
local function read_answer(connection)
    local line = connection:receive("*l")
    local status = line and tonumber(line:match("^HTTP/1%.1 (%d%d%d) "))
    if not status then
        return nil
    end
    local fields = {}
    while true do
        line = connection:receive("*l")
        if not line then
            return nil
        end
        line = line:gsub("\r$", "")
        if line == "" then
            break
        end
        local name, value = line:match("^([^:%s]+):%s*(.-)%s*$")
        if not name or fields[name:lower()] then
            return nil  -- not understood, or said twice
        end
        fields[name:lower()] = value
    end
    if fields["content-length"] == "0" and (fields["connection"] or ""):lower() ~= "close" then
        kept = connection
    else
        connection:close()
    end
    return status, fields
end

-- One retry, on a new connection: the kept one may have been closed while it was idle.
local function ask(question)
    for attempt = 1, 2 do
        local connection = attempt == 1 and kept or nil
        local reused = connection ~= nil
        kept = nil
        if not connection then
            connection = socket.tcp()
            connection:settimeout(patience)
            if not connection:connect(host, port) then
                connection:close()
                return nil
            end
            connection:setoption("tcp-nodelay", true)
        end
        local asked_at = socket.gettime()
        if connection:send(question) then
            local status, fields = read_answer(connection)
            if status then
                return status, fields
            end
        end
        connection:close()
        if not reused or socket.gettime() - asked_at >= patience then
            return nil
        end
    end
end

function check(r)
    -- Latchkey's own pages: httpd has already mapped the request to where it goes.
    local own_page = (r.filename or ""):find("proxy:http://" .. host .. ":" .. port .. "/", 1, true) == 1

    drop_claims(r)
    tidy_connection(r)
    local visitor = r.useragent_ip
    local scheme = r.is_https and "https" or "http"
    r.headers_in["X-Forwarded-For"] = visitor
    r.headers_in["X-Real-IP"] = visitor
    r.headers_in["X-Forwarded-Proto"] = scheme
    r.headers_in["X-Forwarded-Host"] = r.headers_in["Host"]
    if own_page then
        return apache2.DECLINED
    end

    local target = r.unparsed_uri
    if target:sub(1, 1) ~= "/" or not r.headers_in["Host"] then
        return 400
    end
    local question = {
        "GET /api/authz/forward-auth HTTP/1.1",
        "Host: " .. host .. ":" .. port,
        "X-Forwarded-Method: " .. r.method,
        "X-Forwarded-Proto: " .. scheme,
        "X-Forwarded-Host: " .. r.headers_in["Host"],
        "X-Forwarded-Uri: " .. target,
        "X-Forwarded-For: " .. visitor,
    }
    for _, name in ipairs(passed_on) do
        local value = r.headers_in[name]
        if value then
            question[#question + 1] = name .. ": " .. value
        end
    end
    local text = table.concat(question, "\r\n")
    if text:gsub("\r\n", ""):find("[%z\r\n]") then
        return 400
    end

    local status, said = ask(text .. "\r\n\r\n")
    if status == 200 then
        for _, name in ipairs(identity) do
            local value = said[name:lower()]
            if not value then
                return 503
            end
            r.headers_in[name] = value
        end
        r.headers_in["Cookie"] = without_own(r.headers_in["Cookie"] or "")
        return apache2.DECLINED
    end
    r.err_headers_out["Cache-Control"] = "no-store"
    if (status == 302 or status == 303) and said["location"] then
        r.err_headers_out["Location"] = said["location"]
        return status
    end
    if status == 401 or status == 403 then
        return status
    end
    return 503
end
