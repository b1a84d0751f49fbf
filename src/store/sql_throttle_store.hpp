// The throttle's records in the table `throttle`.
#pragma once

#include <latchkey/log.hpp>
#include <latchkey/throttle_store.hpp>

#include <memory>

namespace latchkey {

class sql_database;

// `log` must outlive it. Blocking: for a thread of the database pool.
std::unique_ptr<throttle_store> make_sql_throttle_store(std::shared_ptr<sql_database> database, logger& log);

}  // namespace latchkey
