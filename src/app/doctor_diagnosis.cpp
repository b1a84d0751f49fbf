#include "doctor_diagnosis.hpp"

#include "admin_door.hpp"
#include "wording.hpp"

namespace latchkey {

std::optional<answered_diagnosis> ask_diagnosis(const config& options) {
    const auto server = make_admin_client(options);
    if (!server)
        return std::nullopt;
    const auto reply = server->ask("GET", "/admin/diagnosis");
    if (reply.outcome != http::admin_outcome::answered || reply.status != 200)
        return std::nullopt;
    return read_diagnosis(reply.body);
}

findings explain_refusal(const std::optional<answered_diagnosis>& before,
                         const std::optional<answered_diagnosis>& after) {
    if (!before || !after || before->refused == after->refused)
        return {};
    const std::string proxy =
        after->peer.empty() ? "The proxy on the Unix socket" : "The proxy at " + in_quotes(after->peer);
    if (after->peer_trusted)
        return {{severity::fault, "header_missing",
                 proxy + " asked the server without a usable " + printable(after->header) + '.',
                 "Have it set this header itself, once, as the sample configuration for it does."}};
    const bool v6 = after->peer.find(':') != std::string::npos;
    const std::string entry = after->peer.empty() ? "unix:" : after->peer + (v6 ? "/128" : "/32");
    return {{severity::fault, "untrusted_proxy",
             proxy + " is not one of server.trusted_proxies, so the server does not believe which URL is asked for.",
             "Add " + in_quotes(entry) + " to server.trusted_proxies, then `latchkey config reload`."}};
}

}  // namespace latchkey
