// What the admin site answers with: user objects, pages of a list, what a reload came to, and why proxies are not
// understood.
#pragma once

#include "refused_urls.hpp"

#include <latchkey/reload.hpp>
#include <latchkey/throttle.hpp>
#include <latchkey/user.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

// {id,email,name,groups,disabled,created_at}
std::string user_json(const user& u);

// {id,kind,client,account,failures,last_failure_at,open_at,wait_seconds}; null where client or account are not known.
std::string throttle_json(const throttle_entry& entry, time_point now);
std::string_view name_of(throttle_kind kind) noexcept;  // "pair", "client", "account", "device"

// {"users":[…],"next_cursor":"…"|null}, put together item by item, so that a long one can be interrupted.
class page_json {
public:
    // `name` is the list's: "users". Needs no escaping.
    explicit page_json(std::string_view name);
    void add(std::string_view item);  // a JSON text
    // `cursor` needs no escaping either. Nothing can be added afterwards.
    std::string finish(const std::optional<std::string>& cursor) &&;

private:
    std::string text_;
    bool empty_ = true;
};

// {"applied":[…],"needs_restart":[…],"warnings":[…]}
std::string reload_json(const reload_report& report);

// {"refused_urls":n,"last_refused_url":{header,peer,peer_trusted,at}|null}
std::string diagnosis_json(const refused_url& last);

// A problem of status 422 with the faults beside it.
std::string reload_faults_json(const reload_report& report, std::string_view request_id);

}  // namespace latchkey::http
