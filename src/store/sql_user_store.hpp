// The user store over SQL.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/user_store.hpp>

#include <memory>

namespace latchkey {

// Opens the database, making or upgrading it as needed. Throws std::runtime_error, with a sentence for the operator,
// when that cannot be done. Up to options.pool_size threads work at a time; a further one waits for its turn.
// `now` and `log` must outlive the store.
std::unique_ptr<user_store> make_sql_user_store(const database_options& options, const clock& now, logger& log);

}  // namespace latchkey
