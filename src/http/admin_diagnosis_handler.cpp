// GET /admin/diagnosis: what is known of a set-up that does not work. For `latchkey doctor`.
#include "admin_json.hpp"
#include "admin_routes.hpp"
#include "session_json.hpp"

namespace latchkey::http {

task<void> diagnose(exchange& x) {
    const std::string content = diagnosis_json(x.svc->state.refused.last());
    x.begin(200);
    x.finish(json_type, content);
    co_return;
}

}  // namespace latchkey::http
