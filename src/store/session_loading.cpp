#include "session_loading.hpp"

#include "batch_pipe.hpp"
#include "session_rows.hpp"
#include "session_statements.hpp"
#include "user_rows.hpp"

#include <latchkey/session_store.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <thread>
#include <utility>

namespace latchkey {
namespace {

struct id_hash {
    std::size_t operator()(const public_id& id) const noexcept {
        std::size_t word[2];
        static_assert(sizeof word == sizeof id.bytes);
        std::memcpy(word, id.bytes.data(), sizeof word);
        return word[0] ^ word[1];
    }
};
using profiles = boost::unordered_flat_map<public_id, profile_ptr, id_hash>;

// Of everybody with a session who may have one.
profiles read_profiles(soci::session& sql, bool remote_user_is_email, std::size_t& damaged) {
    const auto users = select_users(sql,
                                    "FROM users u LEFT JOIN user_groups g ON g.user_id = u.id WHERE u.disabled = 0"
                                    " AND EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id) ORDER BY u.id",
                                    std::nullopt, &damaged);
    profiles found;
    found.reserve(users.size());
    for (const stored_user& one : users)
        found.emplace(one.profile.id, make_profile(one.profile, remote_user_is_email));
    return found;
}

void move_times(soci::session& sql, std::int64_t by) {
    const long long seconds = by;
    sql << "UPDATE sessions SET created_at = created_at + :by, authenticated_at = authenticated_at + :by,"
           " last_seen_at = last_seen_at + :by, expires_at = expires_at + :by, rotated_at = rotated_at + :by",
        soci::use(seconds, "by");
    sql << "UPDATE revocations SET revoked_at = revoked_at + :by", soci::use(seconds, "by");
}

// Does to the rows what lifetime_rules::cut_back() did to the entries: by what they were cut back they shall stay so,
// whatever the limits of the next start are.
void cut_back_rows(soci::session& sql, const lifetime_rules& rules) {
    const long long now = rules.now.time_since_epoch().count();
    const long long ordinary = rules.absolute;
    const long long remembered = rules.remembered_absolute;
    sql << "UPDATE sessions SET last_seen_at = :now WHERE last_seen_at > :now", soci::use(now, "now");
    sql << "UPDATE sessions SET created_at = last_seen_at WHERE created_at > last_seen_at";
    sql << "UPDATE sessions SET authenticated_at = last_seen_at WHERE authenticated_at > last_seen_at";
    sql << "UPDATE sessions SET rotated_at = :now WHERE rotated_at > :now", soci::use(now, "now");
    sql << "UPDATE sessions SET expires_at = created_at + :ordinary"
           " WHERE remembered = 0 AND expires_at > created_at + :ordinary",
        soci::use(ordinary, "ordinary");
    sql << "UPDATE sessions SET expires_at = created_at + :remembered"
           " WHERE remembered <> 0 AND expires_at > created_at + :remembered",
        soci::use(remembered, "remembered");
}

void delete_rows(soci::session& sql, const std::vector<std::string>& ids) {
    std::string id;
    soci::statement erase = (sql.prepare << "DELETE FROM sessions WHERE id = :id", soci::use(id, "id"));
    for (const std::string& one : ids) {
        id = one;
        erase.execute(true);
    }
}

// Those that matter still; the others are forgotten. One that claims to come from the future is from now.
std::vector<stored_revocation> read_revocations(soci::session& sql, time_point now, seconds keep) {
    const long long present = now.time_since_epoch().count();
    const long long past = present - keep.count();
    sql << "DELETE FROM revocations WHERE revoked_at <= :past", soci::use(past, "past");
    sql << "UPDATE revocations SET revoked_at = :now WHERE revoked_at > :now", soci::use(present, "now");
    std::string session;
    long long at = 0;
    soci::statement rows = (sql.prepare << "SELECT session, revoked_at FROM revocations ORDER BY revoked_at, session",
                            soci::into(session), soci::into(at));
    rows.execute();
    std::vector<stored_revocation> found;
    while (rows.fetch())
        if (const auto id = public_id::parse(session))
            found.push_back({*id, time_point{seconds{at}}});
    return found;
}

struct ready_session {
    journal_entry entry;
    const profile_ptr* user;
};

// Runs through the rows, oldest first.
class row_reader {
public:
    row_reader(const profiles& users, const lifetime_rules& rules, loading_report& report) noexcept
        : users_(users), rules_(rules), report_(report) {}

    void read_all(soci::session& sql, const char* order, batch_pipe<ready_session>& out) {
        soci::statement rows(sql);
        row_.exchange_with(rows);
        rows.alloc();
        rows.prepare("SELECT " + std::string(session_columns) + " FROM sessions ORDER BY " + order);
        rows.define_and_bind();
        rows.execute();
        while (rows.fetch())
            if (const profile_ptr* user = judge(); user && !out.push({entry_, user}))
                return;
    }

    const std::vector<std::string>& doomed() const noexcept { return doomed_; }
    // Of these, those that end because their user went or was disabled.
    const std::vector<public_id>& ownerless() const noexcept { return ownerless_; }
    bool cut_back() const noexcept { return cut_back_; }

private:
    // Whose session the row is, when it may go on.
    const profile_ptr* judge() {
        if (!row_.read(entry_))
            return doom(report_.malformed);
        const auto user = users_.find(entry_.user);
        if (user == users_.end()) {
            ownerless_.push_back(entry_.id);
            return doom(report_.without_user);
        }
        cut_back_ |= rules_.cut_back(entry_);
        if (rules_.expired(entry_)) {
            report_.expired.push_back(entry_.id);
            return nullptr;
        }
        if (entry_.rotated_from && rules_.now - entry_.rotated_at >= rotation_grace)
            entry_.rotated_from.reset();
        ++report_.loaded;
        return &user->second;
    }

    const profile_ptr* doom(std::size_t& counter) {
        doomed_.push_back(row_.id());
        ++counter;
        return nullptr;
    }

    const profiles& users_;
    const lifetime_rules& rules_;
    loading_report& report_;
    session_row row_;
    journal_entry entry_;
    std::vector<std::string> doomed_;
    std::vector<public_id> ownerless_;
    bool cut_back_ = false;
};

// Reads on a thread of its own while the caller's enters what was read into its tables: each takes about as long.
void hand_over(row_reader& rows, soci::session& sql, const char* order,
               const std::function<void(const journal_entry&, const profile_ptr&)>& take) {
    batch_pipe<ready_session> ready;
    std::thread reader([&]() noexcept {
        try {
            rows.read_all(sql, order, ready);
            ready.close();
        } catch (...) {
            ready.close(std::current_exception());
        }
    });
    try {
        while (const auto batch = ready.pop())
            for (const ready_session& one : *batch)
                take(one.entry, *one.user);
    } catch (...) {
        ready.leave();
        reader.join();
        throw;
    }
    reader.join();
}

// What is written beside the sessions from now on.
stored_time_line fresh_state(const std::optional<stored_time_line>& before, const loading_options& options,
                             std::int64_t displaced_by) {
    stored_time_line state{options.line, options.now.time_since_epoch().count(), idle_limits_of(options.sessions)};
    // A displacement too small to act on is kept in the origin, lest many of them add up unseen.
    if (before && displaced_by == 0 && before->line.boot == options.line.boot)
        state.line.origin = before->line.origin;
    return state;
}

}  // namespace

lifetime_rules::lifetime_rules(const session_options& options, idle_limits i, time_point n) noexcept : idle(i), now(n) {
    session_options absolutes;  // idle_limits_of() keeps them within bounds
    absolutes.idle_timeout = options.absolute_timeout;
    absolutes.remembered_idle_timeout = options.remembered_absolute_timeout;
    const idle_limits bounded = idle_limits_of(absolutes);
    absolute = bounded.ordinary;
    remembered_absolute = bounded.remembered;
}

bool lifetime_rules::cut_back(journal_entry& entry) const noexcept {
    // Two clocks that are read one after the other differ by their rounding: not worth a look at every row.
    constexpr seconds rounding{2};
    bool any = false;
    const auto at_most = [&](time_point& t, time_point limit) {
        any |= t > limit + rounding;
        t = std::min(t, limit);
    };
    at_most(entry.last_seen_at, now);
    at_most(entry.created_at, entry.last_seen_at);
    at_most(entry.authenticated_at, entry.last_seen_at);
    if (entry.rotated_from)
        at_most(entry.rotated_at, now);
    at_most(entry.expires_at, entry.created_at + seconds{entry.remembered ? remembered_absolute : absolute});
    return any;
}

bool lifetime_rules::expired(const journal_entry& entry) const noexcept {
    return now >= entry.expires_at || now >= entry.last_seen_at + seconds{idle.of(entry.remembered)};
}

loading_report load_sessions(sql_database& database, soci::session& sql, const loading_options& options,
                             const std::function<void(const journal_entry&, const profile_ptr&)>& take) {
    exclusive_transaction transaction(database, sql);
    const auto before = read_time_line(sql);
    loading_report report;
    if (before)
        report.displaced_by = displacement(*before, options.line, options.now);
    if (report.displaced_by != 0)
        move_times(sql, report.displaced_by);
    report.state = fresh_state(before, options, report.displaced_by);
    const auto strictest = before ? stricter(before->limits, report.state.limits) : report.state.limits;

    const lifetime_rules rules(options.sessions, strictest, options.now);
    const profiles users = read_profiles(sql, options.remote_user_is_email, report.damaged_users);
    row_reader rows(users, rules, report);
    hand_over(rows, sql, database.session_order(), take);

    if (rows.cut_back())
        cut_back_rows(sql, rules);
    delete_rows(sql, rows.doomed());
    if (options.keep_revocations > seconds{0}) {
        insert_revocation revoke(sql);
        for (const public_id& session : rows.ownerless())
            revoke(session, options.now);
        report.revocations = read_revocations(sql, options.now, options.keep_revocations);
    }
    // What expired by these limits is dead for good, also if the server dies before the last of it was forgotten.
    if (!report.expired.empty())
        report.state.limits = strictest;
    write_time_line(sql, report.state);
    if (options.also)
        options.also();
    transaction.commit();
    return report;
}

}  // namespace latchkey
