// The token authority over a session store, an authenticator and the keys.
#pragma once

#include "token_keys.hpp"

#include <latchkey/audit.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/log.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/token_authority.hpp>

#include <memory>
#include <string>

namespace latchkey {

class refresh_tokens;

struct token_settings {
    std::string issuer;
    std::string audience;
    seconds access_lifetime{};
    seconds refresh_lifetime{};
    seconds refresh_grace{};  // less than rotation_grace, or that
    bool check_revocation = true;
    bool remote_user_is_email = false;  // see make_profile()
    std::string static_claims;          // see write_claims()
};

// All of it must outlive the authority and every call on it.
struct token_authority_parts {
    session_store& sessions;
    authenticator& logins;
    const refresh_tokens& refreshes;
    audit_sink& audit;
    logger& log;
    const clock& time;
};

// Throws std::bad_alloc.
std::unique_ptr<token_authority> make_token_authority(const token_authority_parts& parts, token_settings settings,
                                                      std::shared_ptr<const token_keys> keys);

}  // namespace latchkey
