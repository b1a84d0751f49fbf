// What the configuration may say of the database.
#pragma once

#include <latchkey/config.hpp>

#include <string>
#include <string_view>

namespace latchkey {

// Of the value alone; "" when nothing is wrong. The value is not repeated: it may hold a password.
std::string database_url_fault(std::string_view value);

// Of the whole.
std::string postgres_admin_fault(const config& c);
std::string database_password_warning(const config& c);
std::string postgres_plain_warning(const config& c);

}  // namespace latchkey
