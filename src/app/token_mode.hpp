// The parts of the token mode that exist only where it is switched on.
//
// Made in two steps, as the session store needs the first part and the token authority needs the session store.
#pragma once

#include "admin_guard.hpp"
#include "refresh_token.hpp"
#include "revocation_log.hpp"

#include <latchkey/audit.hpp>
#include <latchkey/authenticator.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/token_authority.hpp>

#include <memory>
#include <optional>

namespace latchkey {

class token_mode {
public:
    // Reads the key files and the introspection token. Throws configuration_error. `options` and `time` outlive *this.
    token_mode(const config& options, const secret& installation, const clock& time);

    // Those at the start.
    const std::shared_ptr<const token_keys>& keys() const noexcept { return keys_; }
    const refresh_tokens& refreshes() const noexcept { return refreshes_; }
    revocation_log& revoked() noexcept { return revoked_; }
    // Who may introspect; null: nobody.
    const http::admin_guard* introspection_callers() const noexcept;

    // What is given outlives the authority.
    std::unique_ptr<token_authority> make_authority(session_store& sessions, authenticator& logins, audit_sink& audit,
                                                    logger& log) const;

private:
    const config& options_;
    const clock& time_;
    std::shared_ptr<const token_keys> keys_;  // as at the start
    refresh_tokens refreshes_;
    revocation_log revoked_;
    std::optional<http::admin_guard> introspection_;
};

}  // namespace latchkey
