// The user store over SQL.
#pragma once

#include "database.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/log.hpp>
#include <latchkey/user_store.hpp>

#include <memory>

namespace latchkey {

// Over a database that was opened with open_database(). `now` and `log` must outlive the store.
std::unique_ptr<user_store> make_sql_user_store(std::shared_ptr<sql_database> database, const clock& now, logger& log);

}  // namespace latchkey
