#include "admin_door.hpp"

#include "secret_file.hpp"
#include "wording.hpp"

#include <utility>

namespace latchkey {

attempt<http::admin_client> make_admin_client(const config& options) {
    const std::string address = options.admin_address();
    // On a Unix socket its permissions are the proof.
    if (address.empty() || address.starts_with("unix:"))
        return {boost::system::in_place_value, address};
    auto token = read_secret_file(options.server.admin_token_file);
    if (!token)
        return failure{exit_usage, "admin_token_unusable",
                       "server.admin_token_file: " + in_quotes(options.server.admin_token_file) + ' ' +
                           token.error().reason + '.'};
    return {boost::system::in_place_value, address, *std::move(token)};
}

failure unanswered(const http::admin_reply& reply, const std::string& address) {
    if (address.empty())
        return {exit_unavailable, "server_unreachable",
                "The server has no listener for administrators: server.admin_listen is \"off\"."};
    const std::string where = printable(address);
    switch (reply.outcome) {
        case http::admin_outcome::nobody_listens:
            return {exit_unavailable, "server_unreachable", "No server answers at " + where + "."};
        case http::admin_outcome::no_permission:
            return {exit_unavailable, "server_unreachable",
                    "The server's socket " + where + " is another user's: run this command as the server's user."};
        default:
            return {exit_unavailable, "no_answer",
                    "The server at " + where + " gave no answer (" + printable(reply.reason) +
                        "); whether anything was changed is not known."};
    }
}

}  // namespace latchkey
