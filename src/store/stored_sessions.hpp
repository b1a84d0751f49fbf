// The sessions in the database, for a command while no server runs. Whoever changes them holds a database_lock.
//
// Blocking. Times are told as they are stored: on the time line of the last server. Failures are
// errc::store_unavailable, and logged.
#pragma once

#include "database.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/session_store.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace soci {
class session;
}

namespace latchkey {

class stored_sessions {
public:
    // Over a database that was opened with open_database(). `now` and `log` must outlive *this.
    stored_sessions(std::shared_ptr<sql_database> database, const session_options& options, const clock& now,
                    logger& log)
        : database_(std::move(database)), options_(options), clock_(now), log_(log) {}

    // Of one user, newest first. Those that have not expired.
    result<std::vector<listed_session>> list(const public_id& user) const;
    // Up to `limit` (1 to 1,000) sessions behind `after`, by user and id. Stable under change, as
    // session_store::page().
    result<session_page> page(const std::optional<session_cursor>& after, std::size_t limit) const;

    // Whether there was such a session. Durable when it returns.
    result<bool> erase(const public_id& id);
    // How many sessions the user had. Durable when it returns.
    result<std::size_t> erase_user(const public_id& user);

private:
    template <class Work>
    auto guarded(std::string_view operation, Work work) const noexcept
        -> decltype(work(std::declval<soci::session&>()));

    std::shared_ptr<sql_database> database_;
    session_options options_;
    const clock& clock_;
    logger& log_;
};

}  // namespace latchkey
