#include "user_rows.hpp"

#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

class damaged_row : public std::runtime_error {
    using runtime_error::runtime_error;
};

// One row for each group of a user, or a single one without a group.
struct user_row {
    std::string id;
    std::string email;
    std::string name;
    std::string password_hash;
    int disabled = 0;
    long long created_at = 0;
    long long version = 0;
    long long credential_version = 0;
    std::string group;
    soci::indicator has_group = soci::i_null;
};

stored_user to_user(const user_row& row) {
    const auto id = public_id::parse(row.id);
    const auto email = email_address::parse(row.email);
    if (!id || !email || email->str() != row.email || !validate_user_name(row.name))
        throw damaged_row("damaged row of user '" + row.id + "'");
    // One by one: GCC 12 destroys twice what a nested initializer had made when a later copy throws (E5).
    stored_user out;
    out.profile.id = *id;
    out.profile.email = row.email;
    out.profile.name = row.name;
    out.profile.disabled = row.disabled != 0;
    out.profile.created_at = time_point{seconds{row.created_at}};
    out.profile.version = row.version;
    out.password_hash = row.password_hash;
    out.credential_version = row.credential_version;
    return out;
}

// Sorted here, because the collation of a database is not ours to choose.
void settle_groups(user& u) {
    auto groups = canonical_groups(std::move(u.groups));
    if (!groups)
        throw damaged_row("damaged groups of user '" + u.id.str() + "'");
    u.groups = *std::move(groups);
}

// Takes the rows of one user after the other.
class user_collector {
public:
    explicit user_collector(std::size_t* damaged) noexcept : damaged_(damaged) {}

    void take(const user_row& row) {
        if (row.id != last_id_ || !begun_) {
            settle();
            begun_ = true;
            last_id_ = row.id;
            guard([&] { current_ = to_user(row); });
        }
        if (current_ && row.has_group == soci::i_ok)
            current_->profile.groups.push_back(row.group);
    }

    std::vector<stored_user> finish() {
        settle();
        return std::move(users_);
    }

private:
    template <class Work>
    void guard(Work work) {
        try {
            work();
        } catch (const damaged_row&) {
            if (!damaged_)
                throw;
            ++*damaged_;
            current_.reset();
        }
    }

    void settle() {
        if (current_)
            guard([&] { settle_groups(current_->profile); });
        if (current_)
            users_.push_back(*std::move(current_));
        current_.reset();
    }

    std::size_t* const damaged_;
    std::vector<stored_user> users_;
    std::optional<stored_user> current_;
    std::string last_id_;
    bool begun_ = false;
};

}  // namespace

std::vector<stored_user> select_users(soci::session& sql, const std::string& from_clause,
                                      const std::optional<text_parameter>& parameter, std::size_t* damaged) {
    user_row row;
    soci::statement rows(sql);
    rows.exchange(soci::into(row.id));
    rows.exchange(soci::into(row.email));
    rows.exchange(soci::into(row.name));
    rows.exchange(soci::into(row.password_hash));
    rows.exchange(soci::into(row.disabled));
    rows.exchange(soci::into(row.created_at));
    rows.exchange(soci::into(row.version));
    rows.exchange(soci::into(row.credential_version));
    rows.exchange(soci::into(row.group, row.has_group));
    if (parameter)
        rows.exchange(soci::use(parameter->value, parameter->name));
    rows.alloc();
    rows.prepare(
        "SELECT u.id, u.email, u.name, u.password_hash, u.disabled, u.created_at, u.version,"
        " u.credential_version, g.name " +
        from_clause);
    rows.define_and_bind();
    rows.execute();

    user_collector users(damaged);
    while (rows.fetch())
        users.take(row);
    return users.finish();
}

}  // namespace latchkey
