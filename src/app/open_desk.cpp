#include "open_desk.hpp"

#include "admin_answer.hpp"
#include "admin_door.hpp"
#include "compose.hpp"
#include "console_logger.hpp"
#include "database_access.hpp"
#include "database_desk.hpp"
#include "database_lock.hpp"
#include "redis_desk.hpp"
#include "server_desk.hpp"
#include "wording.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace latchkey {
namespace {

struct opened_desk {
    std::optional<database_lock> lock;  // goes last
    std::unique_ptr<account_desk> desk;
};

failure server_in_the_way(const std::string& address) {
    const std::string begin = "A server runs on this database, and it cannot be asked: ";
    return {
        exit_unavailable, "server_unreachable",
        begin + (address.empty() ? "server.admin_listen is \"off\". Stop the server first."
                                 : "nobody answers at " + printable(address) +
                                       ". Give this command the server's configuration, or stop the server first.")};
}

// Nothing where no server listens.
attempt<std::unique_ptr<account_desk>> knock(const config& options) {
    auto client = make_admin_client(options);
    if (!client)
        return client.error();
    const auto reply = client->ask("GET", "/health/alive");
    if (reply.outcome == http::admin_outcome::nobody_listens)
        return std::unique_ptr<account_desk>();
    if (reply.outcome != http::admin_outcome::answered)
        return unanswered(reply, client->address());
    if (reply.status != 200)
        return read_problem(reply.status, reply.body);
    return make_server_desk(*std::move(client));
}

// Throws std::runtime_error as make_database_desk() and lock_for_command().
attempt<opened_desk> choose_desk(const config& options, desk_access access, logger& log, milliseconds patience) {
    constexpr std::chrono::milliseconds pause{50};
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto server = knock(options);
        if (!server)
            return server.error();
        if (*server)
            return opened_desk{std::nullopt, *std::move(server)};
        // What ends sessions in Redis is in force on every server, whether or not one could be asked here.
        if (options.session.store == "redis")
            return opened_desk{std::nullopt, make_redis_desk(options, make_database_desk(options, log),
                                                             installation_of(options), log)};
        if (access == desk_access::read)
            return opened_desk{std::nullopt, make_database_desk(options, log)};
        if (auto lock = lock_for_command(access_to(options.database)))
            return opened_desk{std::move(lock), make_database_desk(options, log)};
        const std::string address = options.admin_address();
        if (address.empty() || std::chrono::steady_clock::now() >= until)
            return server_in_the_way(address);
        std::this_thread::sleep_for(pause);
    }
}

attempt<opened_desk> open_desk(const config& options, desk_access access, logger& log, milliseconds patience) {
    try {
        return choose_desk(options, access, log, patience);
    } catch (const std::runtime_error& e) {
        return failure{exit_unavailable, "store_unavailable", e.what()};
    }
}

}  // namespace

int at_account_desk(const console& io, const std::string& config_file, bool json, desk_access access,
                    const std::function<attempt<void>(account_desk&, const config&)>& work, milliseconds patience) {
    const auto loaded = load_for_command(io, config_file, json);
    if (!loaded.faults.empty())
        return exit_usage;
    console_logger log(io);
    const auto opened = open_desk(loaded.values, access, log, patience);
    if (!opened)
        return complain(io, json, opened.error());
    const auto outcome = work(*opened->desk, loaded.values);
    return outcome ? exit_done : complain(io, json, outcome.error());
}

}  // namespace latchkey
