#include "reload_keys.hpp"

#include "admin_answer.hpp"
#include "admin_door.hpp"
#include "wording.hpp"

#include <algorithm>
#include <utility>

namespace latchkey {
namespace {

keys_reload failed(failure why) {
    return {"failed", "The keys are changed, but the server has not taken them over: `latchkey config reload`.",
            std::move(why)};
}

keys_reload told(const reload_report& report) {
    if (!report.faults.empty())
        return failed({exit_usage, "configuration_faults",
                       "The server finds a fault in its configuration: " + one_line(report.faults.front()) + '.'});
    const auto& applied = report.applied;
    return {"reloaded", std::find(applied.begin(), applied.end(), "tokens.key_file") == applied.end()
                            ? "The server has reloaded; it uses none of these keys anew."
                            : "The server uses these keys from now on."};
}

}  // namespace

keys_reload reload_keys(const config& options) {
    const auto server = make_admin_client(options);
    if (!server)
        return failed(server.error());
    if (server->address().empty())
        return {"not_asked",
                "server.admin_listen is \"off\": a running server takes this over by SIGHUP. Send it now."};
    const auto reply = server->ask("POST", "/admin/reload");
    if (reply.outcome == http::admin_outcome::nobody_listens)
        return {"not_running", "No server runs here: the next one begins with these keys."};
    if (reply.outcome != http::admin_outcome::answered)
        return failed(unanswered(reply, server->address()));
    if (reply.status != 200 && reply.status != 422)
        return failed(read_problem(reply.status, reply.body));
    const auto report = read_reload_report(reply.body);
    return report ? told(*report) : failed(unreadable_answer());
}

}  // namespace latchkey
