// GET /metrics on the admin site, for Prometheus. One format, whatever is accepted: every version reads it.
#include "admin_routes.hpp"

namespace latchkey::http {

task<void> show_metrics(exchange& x) {
    const metrics* const shown = x.svc->core.shown;
    if (!shown) {
        x.refuse(problems::not_found);
        co_return;
    }
    const std::string content = shown->expose();
    x.begin(200);
    x.finish(shown->content_type(), content);
}

}  // namespace latchkey::http
