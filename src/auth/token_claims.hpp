// The claims of an access token (RFC 9068 section 2.2) as JSON, written and read.
//
// Read after the signature held, so that all of it is our own writing; still nothing in it can make the reader crash or
// guess. All functions may be called from every thread.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/error.hpp>
#include <latchkey/user.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct token_claims {
    std::string issuer;
    std::string audience;
    public_id subject;        // the user
    public_id session;        // "sid"
    public_id id;             // "jti"
    wall_time expires_at;     // the first second at which it is not good any more
    wall_time issued_at;      // "iat"
    wall_time not_before;     // "nbf"
    wall_time authenticated;  // "auth_time"
    std::string email;
    std::string name;
    std::vector<std::string> groups;
    bool for_upstream = false;  // "token_use" is "upstream": a proof for an application, and no credential here
};

// `more`: ready-made members that go behind the claims, each with a comma in front. Throws std::bad_alloc.
std::string write_claims(const token_claims& claims, std::string_view more = {});

// Those of the configuration, in the form of `more`. Throws std::bad_alloc.
std::string write_static_claims(const std::vector<token_claim>& claims);

// errc::no_session unless `json` is an object in which each of the claims stands once, in its own type ("token_use" at
// most once, and with any value it is for the upstream); others are passed over. Throws std::bad_alloc.
result<token_claims> read_claims(std::string_view json);

}  // namespace latchkey
