#include "user_rows.hpp"

#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

// One row for each group of a user, or a single one without a group.
struct user_row {
    std::string id;
    std::string email;
    std::string name;
    std::string password_hash;
    int disabled = 0;
    long long created_at = 0;
    std::string group;
    soci::indicator has_group = soci::i_null;
};

stored_user to_user(const user_row& row) {
    const auto id = public_id::parse(row.id);
    const auto email = email_address::parse(row.email);
    if (!id || !email || email->str() != row.email || !validate_user_name(row.name))
        throw std::runtime_error("damaged row of user '" + row.id + "'");
    return {{*id, row.email, row.name, {}, row.disabled != 0, time_point{seconds{row.created_at}}}, row.password_hash};
}

// Sorted here, because the collation of a database is not ours to choose.
void settle_groups(user& u) {
    auto groups = canonical_groups(std::move(u.groups));
    if (!groups)
        throw std::runtime_error("damaged groups of user '" + u.id.str() + "'");
    u.groups = *std::move(groups);
}

}  // namespace

std::vector<stored_user> select_users(soci::session& sql, const std::string& from_clause, text_parameter parameter) {
    user_row row;
    soci::statement rows = (sql.prepare << "SELECT u.id, u.email, u.name, u.password_hash, u.disabled, u.created_at,"
                                           " g.name " +
                                               from_clause,
                            soci::into(row.id), soci::into(row.email), soci::into(row.name),
                            soci::into(row.password_hash), soci::into(row.disabled), soci::into(row.created_at),
                            soci::into(row.group, row.has_group), soci::use(parameter.value, parameter.name));
    rows.execute();

    std::vector<stored_user> users;
    std::string last_id;
    while (rows.fetch()) {
        if (users.empty() || row.id != last_id) {
            users.push_back(to_user(row));
            last_id = row.id;
        }
        if (row.has_group == soci::i_ok)
            users.back().profile.groups.push_back(row.group);
    }
    for (stored_user& found : users)
        settle_groups(found.profile);
    return users;
}

}  // namespace latchkey
