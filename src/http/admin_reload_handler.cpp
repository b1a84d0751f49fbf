// POST /admin/reload: reads the configuration again. This request itself is served to its end by what was in force.
#include "admin_json.hpp"
#include "admin_routes.hpp"
#include "session_audit.hpp"
#include "session_json.hpp"

namespace latchkey::http {

task<void> reload_configuration(exchange& x) {
    const reload_report report = co_await x.svc->core.reloads.reload();
    const bool refused = !report.faults.empty();
    record_reload(x, !refused);
    const std::string content = refused ? reload_faults_json(report, x.request_id()) : reload_json(report);
    x.begin(refused ? problems::invalid_configuration.status : 200);
    x.finish(refused ? "application/problem+json" : json_type, content);
}

}  // namespace latchkey::http
