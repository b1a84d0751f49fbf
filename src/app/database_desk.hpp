// The commands' desk over the database itself, for when no server runs on it.
#pragma once

#include "account_desk.hpp"

#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/secret.hpp>

#include <memory>

namespace latchkey {

// Who changes anything holds a database_lock (see database_lock.hpp) as long as the result lives. `log` must outlive
// it. Throws std::runtime_error with a sentence for the operator when the database cannot be used.
std::unique_ptr<account_desk> make_database_desk(const config& options, logger& log);

// The secret that lies in the database, under which guessers are counted. Throws as above.
secret installation_of(const config& options);

}  // namespace latchkey
