#include "stored_sessions.hpp"

#include "connection_lease.hpp"
#include "journal_connection.hpp"
#include "session_loading.hpp"
#include "session_rows.hpp"
#include "session_statements.hpp"
#include "sql_database.hpp"
#include "user_rows.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <string>
#include <utility>

namespace latchkey {
namespace {

struct named_text {
    const char* name;
    std::string value;
};

struct selected_sessions {
    std::vector<journal_entry> entries;  // the readable rows, in the order of the clause
    std::size_t rows = 0;                // with those that cannot be read
    std::string last_user, last_id;      // of the last row, whatever it holds
};

selected_sessions select_sessions(soci::session& sql, const std::string& clause,
                                  const std::vector<named_text>& parameters) {
    session_row row;
    soci::statement rows(sql);
    row.exchange_with(rows);
    for (const named_text& one : parameters)
        rows.exchange(soci::use(one.value, one.name));
    rows.alloc();
    rows.prepare("SELECT " + std::string(session_columns) + " FROM sessions " + clause);
    rows.define_and_bind();
    rows.execute();
    selected_sessions found;
    journal_entry entry;
    while (rows.fetch()) {
        ++found.rows;
        if (row.read(entry))
            found.entries.push_back(entry);
    }
    found.last_user = row.user_id();
    found.last_id = row.id();
    return found;
}

// Profiles by user, each read once.
class profile_reader {
public:
    explicit profile_reader(soci::session& sql) : sql_(sql) {}

    // Null for one that is gone or cannot be read.
    const profile_ptr& operator()(const public_id& user) {
        const auto [at, fresh] = known_.try_emplace(user);
        if (fresh) {
            std::size_t damaged = 0;
            const auto found =
                select_users(sql_, "FROM users u LEFT JOIN user_groups g ON g.user_id = u.id WHERE u.id = :id",
                             text_parameter{"id", user.str()}, &damaged);
            if (!found.empty())
                at->second = make_profile(found.front().profile, false);
        }
        return at->second;
    }

private:
    soci::session& sql_;
    std::map<public_id, profile_ptr> known_;
};

// A server without tokens never looks at them. None is of use for longer than an hour and a bit.
void forget_old_revocations(soci::session& sql, time_point now) {
    const long long past = (now - seconds{86400}).time_since_epoch().count();
    sql << "DELETE FROM revocations WHERE revoked_at < :past", soci::use(past, "past");
}

listed_session to_listed(const journal_entry& entry, const profile_ptr& user, const lifetime_rules& rules) {
    const auto idle_end = entry.last_seen_at + seconds{rules.idle.of(entry.remembered)};
    return {{entry.id, user, entry.created_at, entry.authenticated_at, entry.last_seen_at,
             std::min(idle_end, entry.expires_at), entry.expires_at, entry.remembered, entry.ip},
            entry.user_agent};
}

}  // namespace

template <class Work>
auto stored_sessions::guarded(std::string_view operation, Work work) const noexcept
    -> decltype(work(std::declval<soci::session&>())) {
    try {
        connection_lease lease(*database_);
        soci::session& sql = lease.sql();
        return work(sql);
    } catch (const std::exception& e) {
        try {
            log_.write(log_level::error, "store_failed", {{"operation", operation}, {"error", message_of(e)}});
        } catch (const std::exception&) {
            log_.write(log_level::error, "store_failed", {{"operation", operation}});
        }
    }
    return errc::store_unavailable;
}

result<std::vector<listed_session>> stored_sessions::list(const public_id& user) const {
    return guarded("list_sessions", [&](soci::session& sql) -> result<std::vector<listed_session>> {
        const lifetime_rules rules(options_, idle_limits_of(options_), clock_.now());
        profile_reader profiles(sql);
        std::vector<listed_session> found;
        for (const auto& entry :
             select_sessions(sql, "WHERE user_id = :user_id ORDER BY created_at DESC, id", {{"user_id", user.str()}})
                 .entries)
            if (const profile_ptr& profile = profiles(entry.user); profile && !rules.expired(entry))
                found.push_back(to_listed(entry, profile, rules));
        return found;
    });
}

result<session_page> stored_sessions::page(const std::optional<session_cursor>& after, std::size_t limit) const {
    limit = std::clamp<std::size_t>(limit, 1, 1000);
    return guarded("page_sessions", [&](soci::session& sql) -> result<session_page> {
        const lifetime_rules rules(options_, idle_limits_of(options_), clock_.now());
        profile_reader profiles(sql);
        session_page page;
        std::string user = after ? after->user.str() : std::string();
        std::string id = after ? after->session.str() : std::string();
        for (;;) {
            const auto found = select_sessions(
                sql,
                "WHERE user_id > :user_id OR (user_id = :user_id AND id > :id) ORDER BY user_id, id LIMIT " +
                    std::to_string(limit + 1),
                {{"user_id", user}, {"id", id}});
            for (const journal_entry& entry : found.entries) {
                const profile_ptr& profile = profiles(entry.user);
                if (!profile || rules.expired(entry))
                    continue;
                if (page.sessions.size() == limit) {
                    const session& last = page.sessions.back().value;
                    page.next = session_cursor{last.user->id, last.id};
                    return page;
                }
                page.sessions.push_back(to_listed(entry, profile, rules));
            }
            if (found.rows <= limit)
                return page;
            user = found.last_user;
            id = found.last_id;
        }
    });
}

result<bool> stored_sessions::erase(const public_id& id) {
    return guarded("erase_session", [&](soci::session& sql) -> result<bool> {
        exclusive_transaction transaction(*database_, sql);
        const std::size_t rows = delete_session(sql)(id);
        if (rows > 0) {
            forget_old_revocations(sql, clock_.now());
            insert_revocation{sql}(id, clock_.now());
        }
        transaction.commit();
        return rows > 0;
    });
}

result<std::size_t> stored_sessions::erase_user(const public_id& user) {
    return guarded("erase_sessions_of", [&](soci::session& sql) -> result<std::size_t> {
        const std::string id = user.str();
        exclusive_transaction transaction(*database_, sql);
        const long long now = clock_.now().time_since_epoch().count();
        forget_old_revocations(sql, clock_.now());
        sql << "INSERT INTO revocations (session, revoked_at) SELECT id, CAST(:now AS BIGINT) FROM sessions WHERE "
               "user_id = :user_id"
               " ON CONFLICT (session) DO NOTHING",
            soci::use(now, "now"), soci::use(id, "user_id");
        soci::statement statement =
            (sql.prepare << "DELETE FROM sessions WHERE user_id = :user_id", soci::use(id, "user_id"));
        statement.execute(true);
        const auto rows = static_cast<std::size_t>(statement.get_affected_rows());
        transaction.commit();
        return rows;
    });
}

}  // namespace latchkey
