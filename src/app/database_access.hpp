// What it takes to connect to the database: the configuration, and the password from its file.
#pragma once

#include <latchkey/config.hpp>

namespace latchkey {

// `options` with the password that options.password_file holds. Throws configuration_error when that cannot be used.
database_options access_to(const database_options& options);

}  // namespace latchkey
