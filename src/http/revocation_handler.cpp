// GET /revocations: the list, or the feed for who accepts text/event-stream. Anybody may read it: the names of sessions
// that have ended open nothing and tell nothing of whose they were.
#include "accept.hpp"
#include "revocation_feed.hpp"
#include "routes.hpp"
#include "session_json.hpp"
#include "text.hpp"

#include <memory>

namespace latchkey::http {
namespace {

// RFC 9110 section 13.1.2: any of a list, compared weakly.
bool names_tag(std::string_view list, std::string_view tag) noexcept {
    while (!list.empty()) {
        auto one = trim(next_part(list, ','));
        if (one == "*")
            return true;
        if (one.starts_with("W/"))
            one.remove_prefix(2);
        if (one == tag)
            return true;
    }
    return false;
}

void begin_feed(exchange& x) {
    if (x.svc->state.followers.load(std::memory_order_relaxed) >= revocation_feed::most_followers) {
        x.refuse(problems::too_many_followers);
        return;
    }
    if (x.head.verb != method::head) {
        const bool once = !x.head.is_repeated(field::last_event_id);
        x.feed_position = once ? revocation_feed::position_in(x.head[field::last_event_id]) : 0;
    }
    x.keep_alive = false;
    x.begin(200);
    x.header("X-Accel-Buffering", "no");  // nginx hands it on as it comes
    x.finish_head("text/event-stream");
}

}  // namespace

task<void> list_revocations(exchange& x) {
    const revocations* const revoked = x.svc->core.revoked;
    if (!revoked) {
        x.refuse(problems::not_found);
        co_return;
    }
    if (names_type(x.head[field::accept], "text/event-stream")) {
        begin_feed(x);
        co_return;
    }
    const auto page = x.svc->state.revoked.get(*revoked, x.svc->core.time, x.coarse_now());
    const std::string tag = '"' + std::to_string(page->version) + '"';
    const bool known = !x.head.is_repeated(field::if_none_match) && names_tag(x.head[field::if_none_match], tag);
    x.allow_revalidation();
    x.begin(known ? 304 : 200);
    x.header("ETag", tag);
    x.header("Vary", "Accept");
    if (known)
        x.finish();
    else
        x.finish(json_type, std::shared_ptr<const std::string>(page, &page->text));
}

}  // namespace latchkey::http
