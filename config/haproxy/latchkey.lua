-- The question that HAProxy asks Latchkey about each request: the action lua.latchkey of haproxy.cfg.
--
-- It lets a request pass by setting txn.latchkey to "pass", and in no other way. Whatever else happens (a refusal, an
-- answer that is not understood, no answer, an error in here) leaves the variable unset, and haproxy.cfg denies.

local question = "http://latchkey/api/authz/forward-auth"
local by_way_of = "abns@latchkey-question"  -- the section of haproxy.cfg that knows Latchkey's address
local patience = 8000  -- milliseconds; that section has lost its own before

-- All of them, always: an application must find Latchkey's word or nothing.
local identity = { "remote-user", "remote-email", "remote-name", "remote-groups", "remote-session" }

-- What Latchkey decides by, besides what is set below.
local passed_on = { "cookie", "authorization", "accept", "accept-language", "x-requested-with", "sec-fetch-mode",
                    "user-agent", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto" }

-- Of the page for people whom a rule refuses.
local page_headers = { "content-type", "content-language", "content-security-policy", "referrer-policy", "vary",
                       "x-content-type-options", "x-frame-options", "x-request-id" }

local own_cookies = { ["__Host-session"] = true, ["__Secure-session"] = true, ["__Host-device"] = true }

-- Header values as an array from 1; HAProxy counts from 0.
local function values(headers, name)
    local list = {}
    local found = headers[name]
    if found then
        for i = 0, #found do
            list[#list + 1] = found[i]
        end
    end
    return list
end

-- What the application gets as Cookie: everything but Latchkey's own. It has no use for them, and what it does not
-- have it cannot lose.
local function without_own(cookies)
    local kept = {}
    for _, line in ipairs(cookies) do
        for pair in line:gmatch("[^;]+") do
            local text = pair:match("^%s*(.-)%s*$")
            if text ~= "" and not own_cookies[text:match("^([^=]-)%s*=")] then
                kept[#kept + 1] = text
            end
        end
    end
    return table.concat(kept, "; ")
end

-- `page`: Latchkey's answer, where that has something for people to read.
local function refuse(txn, status, location, page)
    local reply = txn:reply()
    reply:set_status(status)
    reply:add_header("cache-control", "no-store")
    if location then
        reply:add_header("location", location)
    end
    if page and page.body and #page.body > 0 and txn.sf:method() ~= "HEAD" then
        for _, name in ipairs(page_headers) do
            local value = values(page.headers, name)[1]
            if value then
                reply:add_header(name, value)
            end
        end
        reply:set_body(page.body)
    end
    txn:done(reply)
end

core.register_action("latchkey", { "http-req" }, function(txn)
    local headers = txn.http:req_get_headers()
    local asked = {
        ["x-forwarded-method"] = { txn.sf:method() },
        ["x-forwarded-uri"] = { txn.sf:pathq() },
    }
    for _, name in ipairs(passed_on) do
        local list = values(headers, name)
        if #list > 0 then
            asked[name] = list
        end
    end

    local answer = core.httpclient():get{ url = question, dst = by_way_of, headers = asked, timeout = patience }
    local status = answer and answer.status

    if status == 200 then
        for _, name in ipairs(identity) do
            local list = values(answer.headers, name)
            if #list ~= 1 then
                return refuse(txn, 503)
            end
            txn.http:req_set_header(name, list[1])
        end
        local cookies = without_own(values(headers, "cookie"))
        txn.http:req_del_header("cookie")
        if cookies ~= "" then
            txn.http:req_add_header("cookie", cookies)
        end
        txn:set_var("txn.latchkey", "pass")
    elseif status == 302 or status == 303 then
        refuse(txn, status, values(answer.headers, "location")[1])
    elseif status == 401 or status == 403 then
        refuse(txn, status, nil, answer)
    else
        refuse(txn, 503)
    end
end, 0)
