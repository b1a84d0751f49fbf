#include "database_access.hpp"

#include "compose.hpp"
#include "secret_file.hpp"

#include <memory>
#include <utility>

namespace latchkey {

database_options access_to(const database_options& options) {
    database_options out = options;
    if (options.password_file.empty())
        return out;
    auto password = read_password_file(options.password_file);
    if (!password)
        throw configuration_error("database.password_file: " + options.password_file + ' ' + password.error().reason);
    out.password = std::make_shared<const secret>(*std::move(password));
    return out;
}

}  // namespace latchkey
