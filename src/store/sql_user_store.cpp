#include "sql_user_store.hpp"

#include "connection_lease.hpp"
#include "sql_database.hpp"
#include "tokens.hpp"
#include "user_rows.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t largest_page = 1000;

class sql_user_store final : public user_store {
public:
    sql_user_store(std::shared_ptr<sql_database> database, const clock& now, logger& log)
        : database_(std::move(database)), clock_(now), log_(log) {}

    result<user> add(const email_address& email, std::string_view name, const std::vector<std::string>& groups,
                     std::string_view password_hash) override;
    result<std::optional<stored_user>> find(const email_address& email) override {
        return find_one("u.email = :value", email.str());
    }
    result<std::optional<stored_user>> find(const public_id& id) override {
        return find_one("u.id = :value", id.str());
    }
    result<user_page> list(std::optional<public_id> after, std::size_t limit) override;

    result<user> update(const public_id& id, const user_changes& changes) override;
    result<void> remove(const public_id& id) override;
    result<bool> replace_password_hash(const public_id& id, std::string_view expected,
                                       std::string_view password_hash) override;
    result<void> ping() override;

private:
    result<std::optional<stored_user>> find_one(const char* condition, const std::string& value);
    // Runs `work` on a connection of its own. Whatever a library throws ends here.
    template <class Work>
    auto guarded(std::string_view operation, Work work) noexcept -> decltype(work(std::declval<soci::session&>()));

    const std::shared_ptr<sql_database> database_;
    const clock& clock_;
    logger& log_;
};

template <class Work>
auto sql_user_store::guarded(std::string_view operation, Work work) noexcept
    -> decltype(work(std::declval<soci::session&>())) {
    try {
        connection_lease lease(*database_);
        soci::session& sql = lease.sql();
        return work(sql);
    } catch (const soci::soci_error& e) {
        // Not what(): that one quotes the parameters, password hashes among them.
        log_.write(log_level::error, "store_failed", {{"operation", operation}, {"error", e.get_error_message()}});
    } catch (const std::exception& e) {
        log_.write(log_level::error, "store_failed", {{"operation", operation}, {"error", e.what()}});
    }
    return errc::store_unavailable;
}

// How many rows a statement changed.
template <class... Exchanges>
long long run(soci::session& sql, const char* text, const Exchanges&... exchanges) {
    soci::statement statement(sql);
    (statement.exchange(exchanges), ...);
    statement.alloc();
    statement.prepare(text);
    statement.define_and_bind();
    statement.execute(true);
    return statement.get_affected_rows();
}

std::optional<stored_user> select_one(soci::session& sql, const char* condition, const std::string& value) {
    auto found =
        select_users(sql, "FROM users u LEFT JOIN user_groups g ON g.user_id = u.id WHERE " + std::string(condition),
                     text_parameter{"value", value});
    if (found.empty())
        return std::nullopt;
    return std::move(found.front());
}

void insert_groups(soci::session& sql, const std::string& user_id, const std::vector<std::string>& groups) {
    for (const std::string& group : groups)
        sql << "INSERT INTO user_groups (user_id, name) VALUES (:user_id, :name)", soci::use(user_id, "user_id"),
            soci::use(group, "name");
}

result<user> sql_user_store::add(const email_address& email, std::string_view name,
                                 const std::vector<std::string>& groups, std::string_view password_hash) {
    if (auto valid = validate_user_name(name); !valid)
        return valid.error();
    auto canonical = canonical_groups(groups);
    if (!canonical)
        return canonical.error();
    const user fresh{random_public_id(), email.str(), std::string(name), *std::move(canonical), false, clock_.now(), 1};

    return guarded("add", [&](soci::session& sql) -> result<user> {
        const std::string id = fresh.id.str();
        const std::string hash(password_hash);
        const long long created_at = fresh.created_at.time_since_epoch().count();
        exclusive_transaction transaction(*database_, sql);
        try {
            sql << "INSERT INTO users (id, email, name, password_hash, disabled, created_at, version, "
                   "credential_version)"
                   " VALUES (:id, :email, :name, :hash, 0, :created_at, 1, 1)",
                soci::use(id, "id"), soci::use(fresh.email, "email"), soci::use(fresh.name, "name"),
                soci::use(hash, "hash"), soci::use(created_at, "created_at");
        } catch (const soci::soci_error& e) {
            if (database_->is_unique_violation(e))
                return errc::already_exists;
            throw;
        }
        insert_groups(sql, id, fresh.groups);
        transaction.commit();
        return fresh;
    });
}

result<std::optional<stored_user>> sql_user_store::find_one(const char* condition, const std::string& value) {
    return guarded("find", [&](soci::session& sql) -> result<std::optional<stored_user>> {
        return select_one(sql, condition, value);
    });
}

result<user_page> sql_user_store::list(std::optional<public_id> after, std::size_t limit) {
    if (limit == 0)
        return errc::invalid_request;
    limit = std::min(limit, largest_page);
    return guarded("list", [&](soci::session& sql) -> result<user_page> {
        // One more than asked for tells whether there is more.
        auto found =
            select_users(sql,
                         "FROM (SELECT * FROM users WHERE id > :after ORDER BY id LIMIT " + std::to_string(limit + 1) +
                             ") u LEFT JOIN user_groups g ON g.user_id = u.id ORDER BY u.id",
                         text_parameter{"after", after ? after->str() : std::string()});
        user_page page;
        const std::size_t count = std::min(limit, found.size());
        page.users.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            page.users.push_back(std::move(found[i].profile));
        if (found.size() > limit)
            page.next = page.users.back().id;
        return page;
    });
}

// `changes` with everything in it checked and in canonical form.
result<user_changes> canonical(const user_changes& changes) {
    user_changes checked = changes;
    if (checked.name)
        if (auto valid = validate_user_name(*checked.name); !valid)
            return valid.error();
    if (checked.groups) {
        auto groups = canonical_groups(*std::move(checked.groups));
        if (!groups)
            return groups.error();
        checked.groups = *std::move(groups);
    }
    return checked;
}

// Whether `changes` ask for anything at all.
bool any(const user_changes& changes) noexcept {
    return changes.email || changes.name || changes.groups || changes.disabled || changes.password_hash;
}

bool ends_sessions(const user_changes& changes) noexcept {
    return changes.password_hash || changes.disabled.value_or(false);
}

void apply(const user_changes& changes, stored_user& to) {
    if (changes.email)
        to.profile.email = changes.email->str();
    if (changes.name)
        to.profile.name = *changes.name;
    if (changes.groups)
        to.profile.groups = *changes.groups;
    if (changes.disabled)
        to.profile.disabled = *changes.disabled;
    if (changes.password_hash)
        to.password_hash = *changes.password_hash;
    ++to.profile.version;
    if (ends_sessions(changes))
        ++to.credential_version;
}

// A password change may spare one session; nothing survives disabling.
void delete_sessions(soci::session& sql, const std::string& user, const user_changes& changes) {
    const bool spares = changes.spare && !changes.disabled.value_or(false);
    const std::string spare = spares ? changes.spare->str() : std::string();  // no id is empty
    run(sql, "DELETE FROM sessions WHERE user_id = :user_id AND id <> :spare", soci::use(user, "user_id"),
        soci::use(spare, "spare"));
}

void write(soci::session& sql, const stored_user& changed) {
    const std::string id = changed.profile.id.str();
    const int disabled = changed.profile.disabled ? 1 : 0;
    const long long version = changed.profile.version;
    const long long credential_version = changed.credential_version;
    run(sql,
        "UPDATE users SET email = :email, name = :name, password_hash = :hash, disabled = :disabled,"
        " version = :version, credential_version = :credential_version WHERE id = :id",
        soci::use(changed.profile.email, "email"), soci::use(changed.profile.name, "name"),
        soci::use(changed.password_hash, "hash"), soci::use(disabled, "disabled"), soci::use(version, "version"),
        soci::use(credential_version, "credential_version"), soci::use(id, "id"));
}

result<user> sql_user_store::update(const public_id& id, const user_changes& changes) {
    const auto checked = canonical(changes);
    if (!checked)
        return checked.error();
    return guarded("update", [&](soci::session& sql) -> result<user> {
        exclusive_transaction transaction(*database_, sql);
        auto found = select_one(sql, "u.id = :value", id.str());
        if (!found)
            return errc::not_found;
        if (changes.judged_by && *changes.judged_by != found->credential_version)
            return errc::invalid_credentials;
        if (!any(*checked))
            return std::move(found->profile);
        apply(*checked, *found);
        try {
            write(sql, *found);
        } catch (const soci::soci_error& e) {
            if (database_->is_unique_violation(e))
                return errc::already_exists;
            throw;
        }
        const std::string user_id = id.str();
        if (checked->groups) {
            run(sql, "DELETE FROM user_groups WHERE user_id = :user_id", soci::use(user_id, "user_id"));
            insert_groups(sql, user_id, *checked->groups);
        }
        if (ends_sessions(*checked))
            delete_sessions(sql, user_id, *checked);
        transaction.commit();
        return std::move(found->profile);
    });
}

result<void> sql_user_store::remove(const public_id& user) {
    return guarded("remove", [&](soci::session& sql) -> result<void> {
        const std::string id = user.str();
        exclusive_transaction transaction(*database_, sql);
        if (run(sql, "DELETE FROM users WHERE id = :id", soci::use(id, "id")) == 0)  // the groups go with the user
            return errc::not_found;
        delete_sessions(sql, id, {});
        transaction.commit();
        return {};
    });
}

result<bool> sql_user_store::replace_password_hash(const public_id& user, std::string_view expected,
                                                   std::string_view password_hash) {
    return guarded("replace_password_hash", [&](soci::session& sql) -> result<bool> {
        const std::string id = user.str();
        const std::string from(expected);
        const std::string to(password_hash);
        exclusive_transaction transaction(*database_, sql);
        if (run(sql, "UPDATE users SET password_hash = :to WHERE id = :id AND password_hash = :from",
                soci::use(to, "to"), soci::use(id, "id"), soci::use(from, "from")) > 0) {
            transaction.commit();
            return true;
        }
        int known = 0;
        sql << "SELECT 1 FROM users WHERE id = :id", soci::use(id, "id"), soci::into(known);
        if (!sql.got_data())
            return errc::not_found;
        return false;
    });
}

result<void> sql_user_store::ping() {
    return guarded("ping", [](soci::session& sql) -> result<void> {
        int version = 0;
        sql << "SELECT version FROM schema_version", soci::into(version);
        return {};
    });
}

}  // namespace

std::unique_ptr<user_store> make_sql_user_store(std::shared_ptr<sql_database> database, const clock& now, logger& log) {
    return std::make_unique<sql_user_store>(std::move(database), now, log);
}

}  // namespace latchkey
