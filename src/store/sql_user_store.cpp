#include "sql_user_store.hpp"

#include "migrations.hpp"
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
    sql_user_store(const database_options& options, const clock& now, logger& log)
        : database_(open_database(options)), clock_(now), log_(log) {
        migrate(*database_);
    }

    result<user> add(const email_address& email, std::string_view name, const std::vector<std::string>& groups,
                     std::string_view password_hash) override;
    result<std::optional<stored_user>> find(const email_address& email) override {
        return find_one("u.email = :value", email.str());
    }
    result<std::optional<stored_user>> find(const public_id& id) override {
        return find_one("u.id = :value", id.str());
    }
    result<user_page> list(std::optional<public_id> after, std::size_t limit) override;

    result<void> set_password_hash(const public_id& id, std::string_view password_hash) override {
        return set("UPDATE users SET password_hash = :value WHERE id = :id", id, std::string(password_hash));
    }
    result<bool> replace_password_hash(const public_id& id, std::string_view expected,
                                       std::string_view password_hash) override;
    result<void> set_disabled(const public_id& id, bool disabled) override {
        return set("UPDATE users SET disabled = :value WHERE id = :id", id, disabled ? 1 : 0);
    }
    result<void> set_name(const public_id& id, std::string_view name) override {
        if (auto valid = validate_user_name(name); !valid)
            return valid;
        return set("UPDATE users SET name = :value WHERE id = :id", id, std::string(name));
    }
    result<void> set_groups(const public_id& id, const std::vector<std::string>& groups) override;
    result<void> remove(const public_id& id) override;
    result<void> ping() override;

private:
    result<std::optional<stored_user>> find_one(const char* condition, const std::string& value);
    template <class Value>
    result<void> set(const char* statement, const public_id& id, const Value& value);
    // Runs `work` on a connection of its own. Whatever a library throws ends here.
    template <class Work>
    auto guarded(std::string_view operation, Work work) noexcept -> decltype(work(std::declval<soci::session&>()));

    const std::unique_ptr<sql_database> database_;
    const clock& clock_;
    logger& log_;
};

template <class Work>
auto sql_user_store::guarded(std::string_view operation, Work work) noexcept
    -> decltype(work(std::declval<soci::session&>())) {
    try {
        soci::session sql(database_->pool());
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
    const user fresh{random_public_id(), email.str(), std::string(name), *std::move(canonical), false, clock_.now()};

    return guarded("add", [&](soci::session& sql) -> result<user> {
        const std::string id = fresh.id.str();
        const std::string hash(password_hash);
        const long long created_at = fresh.created_at.time_since_epoch().count();
        exclusive_transaction transaction(*database_, sql);
        try {
            sql << "INSERT INTO users (id, email, name, password_hash, disabled, created_at)"
                   " VALUES (:id, :email, :name, :hash, 0, :created_at)",
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
        auto found = select_users(
            sql, "FROM users u LEFT JOIN user_groups g ON g.user_id = u.id WHERE " + std::string(condition),
            {"value", value});
        if (found.empty())
            return std::optional<stored_user>{};
        return std::optional<stored_user>(std::move(found.front()));
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
                         {"after", after ? after->str() : std::string()});
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

template <class Value>
result<void> sql_user_store::set(const char* statement, const public_id& user, const Value& value) {
    return guarded("update", [&](soci::session& sql) -> result<void> {
        const std::string id = user.str();
        if (run(sql, statement, soci::use(value, "value"), soci::use(id, "id")) == 0)
            return errc::not_found;
        return {};
    });
}

result<bool> sql_user_store::replace_password_hash(const public_id& user, std::string_view expected,
                                                   std::string_view password_hash) {
    return guarded("replace_password_hash", [&](soci::session& sql) -> result<bool> {
        const std::string id = user.str();
        const std::string from(expected);
        const std::string to(password_hash);
        if (run(sql, "UPDATE users SET password_hash = :to WHERE id = :id AND password_hash = :from",
                soci::use(to, "to"), soci::use(id, "id"), soci::use(from, "from")) > 0)
            return true;
        int known = 0;
        sql << "SELECT 1 FROM users WHERE id = :id", soci::use(id, "id"), soci::into(known);
        if (!sql.got_data())
            return errc::not_found;
        return false;
    });
}

result<void> sql_user_store::set_groups(const public_id& user, const std::vector<std::string>& groups) {
    const auto canonical = canonical_groups(groups);
    if (!canonical)
        return canonical.error();
    return guarded("set_groups", [&](soci::session& sql) -> result<void> {
        const std::string id = user.str();
        exclusive_transaction transaction(*database_, sql);
        int known = 0;
        sql << "SELECT 1 FROM users WHERE id = :id", soci::use(id, "id"), soci::into(known);
        if (!sql.got_data())
            return errc::not_found;
        sql << "DELETE FROM user_groups WHERE user_id = :id", soci::use(id, "id");
        insert_groups(sql, id, *canonical);
        transaction.commit();
        return {};
    });
}

result<void> sql_user_store::remove(const public_id& user) {
    return guarded("remove", [&](soci::session& sql) -> result<void> {
        const std::string id = user.str();
        if (run(sql, "DELETE FROM users WHERE id = :id", soci::use(id, "id")) == 0)  // the groups go with the user
            return errc::not_found;
        return {};
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

std::unique_ptr<user_store> make_sql_user_store(const database_options& options, const clock& now, logger& log) {
    return std::make_unique<sql_user_store>(options, now, log);
}

}  // namespace latchkey
