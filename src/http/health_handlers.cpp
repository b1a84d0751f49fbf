// Probes: alive says that the process answers, ready that it should be sent requests.
#include "routes.hpp"

namespace latchkey::http {
namespace {

void answer_ok(exchange& x) {
    x.begin(200);
    x.finish("application/json; charset=utf-8", "{\"status\":\"ok\"}\n");
}

}  // namespace

task<void> alive(exchange& x) {
    answer_ok(x);
    co_return;
}

task<void> ready(exchange& x) {
    // Drained first: a load balancer must look elsewhere before connections end.
    bool up = !x.svc->state.draining.load(std::memory_order_relaxed);
    if (up)
        up = co_await x.svc->core.ready.ready();
    if (up)
        answer_ok(x);
    else
        x.refuse(problems::not_ready);
}

}  // namespace latchkey::http
