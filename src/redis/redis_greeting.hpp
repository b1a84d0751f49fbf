// What is said on a new connection to Redis before anything else, and whether that is a Redis to work with.
#pragma once

#include "redis_link.hpp"

#include <latchkey/secret.hpp>

#include <string>

namespace latchkey {

// Static texts and references: what outlives the greeting.
struct redis_introduction {
    const std::string& user;  // empty: the default one
    const secret* password;   // null: none
    unsigned database = 0;
    const std::string& name;  // for CLIENT LIST
};

struct redis_greeting {
    std::string fault;    // why it is none to work with; empty: it is
    std::string version;  // for people: "7.0.15", "Valkey 8.0.1"
    std::string run;      // Redis' own name for its run
};

// Signs in, chooses the database, and looks at INFO. `until`: for all of it. The link may have ended afterwards.
task<redis_greeting> greet(redis_link& link, redis_introduction own, redis_link::time_point until);

// Signs in alone. What went wrong, or nothing.
task<std::string> sign_in(redis_link& link, const std::string& user, const secret& password,
                          redis_link::time_point until);

}  // namespace latchkey
