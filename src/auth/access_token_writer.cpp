#include "access_token_writer.hpp"

#include "tokens.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace latchkey {

result<access_token> access_token_writer::write(const session& of, token_purpose what_for,
                                                const token_keys& keys) const {
    const seconds lifetime = std::min(settings_.access_lifetime, of.expires_at - time_.now());
    if (lifetime <= seconds{0})
        return errc::no_session;
    const std::string claims = claims_of(of, lifetime, what_for);
    auto text = keys.sign(claims);
    if (!text) {
        if (text.error() == errc::token_too_large)
            tell_too_large(of.user->id, claims.size());
        return text.error();
    }
    access_token out{secret(*text), lifetime};
    wipe(std::span(text->data(), text->size()));
    return out;
}

// By a session that has not begun, for the purpose that takes more room.
boost::system::error_code access_token_writer::objection_to(const user& who) const {
    session pretended;
    pretended.user = make_profile(who, settings_.remote_user_is_email);
    pretended.authenticated_at = time_.now();
    const std::size_t size = claims_of(pretended, settings_.access_lifetime, token_purpose::upstream).size();
    if (size <= signing_key::largest_payload)
        return {};
    tell_too_large(who.id, size);
    return errc::token_too_large;
}

// In wall-clock time (decision 0004).
std::string access_token_writer::claims_of(const session& of, seconds lifetime, token_purpose what_for) const {
    const time_point now = time_.now();
    const wall_time wall = time_.wall();
    token_claims claims;
    claims.issuer = settings_.issuer;
    claims.audience = settings_.audience;
    claims.subject = of.user->id;
    claims.session = of.id;
    claims.id = random_public_id();
    claims.expires_at = wall + lifetime;
    claims.issued_at = claims.not_before = wall;
    claims.authenticated = wall - (now - of.authenticated_at);
    claims.email = of.user->email();
    claims.name = of.user->name();
    const group_list groups = of.user->groups();
    claims.groups = std::vector<std::string>(groups.begin(), groups.end());
    claims.for_upstream = what_for == token_purpose::upstream;
    return write_claims(claims, settings_.static_claims);
}

void access_token_writer::tell_too_large(const public_id& who, std::size_t size) const noexcept {
    char id[32];
    who.write(id);
    log_.write(log_level::warn, "token_too_large",
               {{"user", std::string_view(id, sizeof id)},
                {"claims_bytes", static_cast<std::int64_t>(size)},
                {"room", static_cast<std::int64_t>(signing_key::largest_payload)}});
}

}  // namespace latchkey
