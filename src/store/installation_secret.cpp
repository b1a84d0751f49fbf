#include "installation_secret.hpp"

#include "connection_lease.hpp"
#include "sql_database.hpp"
#include "tokens.hpp"

#include <stdexcept>
#include <string>

namespace latchkey {
namespace {

// Random text of the length and kind of a cookie's value; the bytes are its hash, as those of a session's key are.
secret bytes_behind(const std::string& text, const std::string& where) {
    const auto key = key_of(text);
    if (!key)
        throw std::runtime_error(where +
                                 " holds no usable secret of this installation: restore a backup, or delete the"
                                 " row of the table installation and restart");
    secret out = secret::of_size(key->bytes.size());
    std::copy(key->bytes.begin(), key->bytes.end(), out.writable().begin());
    return out;
}

}  // namespace

secret load_installation_secret(sql_database& database) {
    const std::string name = "secret";
    try {
        connection_lease lease(database);
        soci::session& sql = lease.sql();
        exclusive_transaction transaction(database, sql);
        std::string text;
        sql << "SELECT value FROM installation WHERE name = :name", soci::into(text), soci::use(name, "name");
        if (!sql.got_data()) {
            text = std::string(new_session_token().reveal());
            sql << "INSERT INTO installation (name, value) VALUES (:name, :value)", soci::use(name, "name"),
                soci::use(text, "value");
        }
        transaction.commit();
        return bytes_behind(text, database.name());
    } catch (const soci::soci_error& e) {
        throw std::runtime_error(database.name() + ": " + e.get_error_message());
    }
}

}  // namespace latchkey
