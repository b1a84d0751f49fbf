// From the section [redis] to what a client of Redis is made with.
#pragma once

#include "redis_client.hpp"

#include <latchkey/config.hpp>

#include <string>

namespace latchkey {

// `options` has no fault. `name`: see redis_client_options. Reads redis.password_file; throws configuration_error when
// that cannot be used.
redis_client_options make_redis_client_options(const redis_options& options, std::string name);

}  // namespace latchkey
