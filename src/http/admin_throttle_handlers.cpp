// What is held against clients and accounts, as administrators see and forget it.
#include "admin_json.hpp"
#include "admin_query.hpp"
#include "admin_routes.hpp"
#include "session_json.hpp"

#include <utility>

namespace latchkey::http {

task<void> list_throttles(exchange& x) {
    std::string detail;
    const auto query = read_throttle_query(x.head.query, detail);
    if (!query) {
        x.refuse(problems::invalid_request, detail);
        co_return;
    }
    const throttle_filter filter = query->filter();
    const auto found = co_await x.svc->core.admins.throttles(filter, query->limit);
    if (!found) {
        x.refuse(found.error());
        co_return;
    }
    const time_point now = x.svc->core.time.now();
    page_json out("throttles");
    for (const auto& entry : *found)
        out.add(throttle_json(entry, now));
    const std::string content = std::move(out).finish(std::nullopt);
    x.begin(200);
    x.finish(json_type, content);
}

task<void> clear_throttles(exchange& x) {
    std::string detail;
    const auto query = read_throttle_query(x.head.query, detail);
    if (!query) {
        x.refuse(problems::invalid_request, detail);
        co_return;
    }
    if (query->all == query->is_narrow()) {
        x.refuse(problems::invalid_request, "say which: id, account or client, or all=true alone");
        co_return;
    }
    const throttle_filter filter = query->filter();
    const admin_call call = caller_of(x);
    const auto cleared = co_await x.svc->core.admins.clear_throttles(filter, call);
    if (!cleared) {
        x.refuse(cleared.error());
        co_return;
    }
    const std::string content = "{\"cleared\":" + std::to_string(*cleared) + "}\n";
    x.begin(200);
    x.finish(json_type, content);
}

}  // namespace latchkey::http
