// What the settings of a Redis mean for the sessions in it, in words.
#pragma once

#include "redis_client.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct redis_warning {
    std::string_view code;  // stable, snake_case, a literal
    std::string text;       // which setting, and what it means
};

// By their names in redis.conf; one that is not there is not known.
using redis_settings = std::map<std::string, std::string, std::less<>>;

// `replicated`: it has replicas, or sentinels watch over it.
std::vector<redis_warning> judge_durability(const redis_settings& settings, bool replicated);

// Asks the Redis behind `client`, by CONFIG GET and INFO; what is forbidden there (ACL) is a warning too.
// errc::store_unavailable: it does not answer.
task<result<std::vector<redis_warning>>> check_durability(redis_client& client, bool has_sentinels);

}  // namespace latchkey
