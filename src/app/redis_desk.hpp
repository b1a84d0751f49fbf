// The commands' desk for sessions that lie in Redis, while no server can be asked on this machine: others may run
// elsewhere.
//
// Users are the other desk's; whatever ends sessions ends them in Redis, of which all servers hear, and what is held
// against guessers lies there too.
#pragma once

#include "account_desk.hpp"

#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/secret.hpp>

#include <memory>

namespace latchkey {

// `installation`: the secret in the database, under which guessers are counted. `log` outlives it. Throws
// configuration_error when redis.password_file cannot be used, and std::runtime_error when redis.ca_file cannot.
std::unique_ptr<account_desk> make_redis_desk(const config& options, std::unique_ptr<account_desk> users,
                                              const secret& installation, logger& log);

}  // namespace latchkey
