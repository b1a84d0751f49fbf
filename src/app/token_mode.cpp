#include "token_mode.hpp"

#include "compose.hpp"
#include "make_token_authority.hpp"
#include "secret_file.hpp"
#include "token_claims.hpp"
#include "token_key_files.hpp"

#include <string>
#include <utility>

namespace latchkey {
namespace {

std::shared_ptr<const token_keys> keys_of(const token_options& options) {
    auto keys = load_token_keys(options);
    if (!keys)
        throw configuration_error("tokens.key_file: " + keys.error().reason);
    return *std::move(keys);
}

std::optional<http::admin_guard> guard_of(const std::string& file) {
    if (file.empty())
        return std::nullopt;
    auto token = read_secret_file(file);
    if (!token)
        throw configuration_error("tokens.introspection_token_file: " + file + ' ' + token.error().reason);
    return http::admin_guard(*std::move(token));
}

}  // namespace

token_mode::token_mode(const config& options, const secret& installation, const clock& time)
    : options_(options),
      time_(time),
      keys_(keys_of(options.tokens)),
      refreshes_(installation),
      revoked_(time, options.tokens.access_lifetime),
      introspection_(guard_of(options.tokens.introspection_token_file)) {
}

const http::admin_guard* token_mode::introspection_callers() const noexcept {
    return introspection_ ? &*introspection_ : nullptr;
}

std::unique_ptr<token_authority> token_mode::make_authority(session_store& sessions, authenticator& logins,
                                                            audit_sink& audit, logger& log) const {
    token_settings settings;
    settings.issuer = options_.token_issuer();
    settings.audience = options_.token_audience();
    settings.access_lifetime = options_.tokens.access_lifetime;
    settings.refresh_lifetime = options_.tokens.refresh_lifetime;
    settings.refresh_grace = options_.tokens.refresh_grace;
    settings.check_revocation = options_.tokens.check_revocation;
    settings.static_claims = write_static_claims(options_.tokens.claims);
    settings.remote_user_is_email = options_.identity.remote_user == "email";
    return make_token_authority({sessions, logins, refreshes_, audit, log, time_}, std::move(settings), keys_);
}

}  // namespace latchkey
