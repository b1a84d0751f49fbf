// Issues, checks, refreshes and takes back tokens: the proof of a session that its holder carries along.
//
// Behind every token stands a session like any other: listed, capped, revoked like one (decision 0017). An access token
// is a JWS (RFC 9068) that lives for minutes; a refresh token is opaque, is used once, and gives the next pair.
// Callers are HTTP handlers, on any io thread.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/authenticator.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session.hpp>
#include <latchkey/stats.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

class token_keys;

struct access_token {
    secret text;
    seconds lifetime{};  // from now on
};

struct token_pair {
    access_token access;
    secret refresh;
    session value;
};

// Who came with a token, for the audit trail.
struct token_visit {
    client_address client;
    std::string_view request_id;
};

// How sure one has to be that the session behind a token is still there.
enum class token_scrutiny {
    configured,  // as token_options::check_revocation has it
    strict,      // by the session store, whatever is configured: for what changes something
};

// What introspection tells of a live token.
struct token_account {
    bool is_refresh = false;
    session value;
    wall_time expires_at;  // of the token
    wall_time issued_at;   // of an access token, as the next two
    wall_time not_before;
    public_id token_id;              // "jti"
    bool for_upstream = false;       // minted for an application behind a proxy
    std::string_view static_claims;  // of the configuration: JSON members, each with a comma in front
};

class token_authority {
public:
    virtual ~token_authority() = default;

    // Whose access token is this? errc::no_session for whatever is not one of ours in force: malformed, forged,
    // expired, not yet valid, of another issuer or audience, or of a session that has ended (requirements J1 to J5);
    // and for one that mint() made, which is a proof for others and no credential here; errc::store_unavailable when
    // that cannot be known. The session as the store has it; where the store is not asked it is made of the claims, and
    // says nothing of times but authenticated_at and expires_at. A token that was seen before is checked without
    // allocation and without a signature.
    virtual task<result<session>> verify(std::string_view token,
                                         token_scrutiny scrutiny = token_scrutiny::configured) = 0;

    // What verify() says, where nobody has to be waited for; else nothing. Throws std::bad_alloc.
    virtual std::optional<result<session>> verify_at_once(std::string_view) { return std::nullopt; }

    // A new access token for this live session; it lives no longer than the session may. errc::overloaded without
    // memory; errc::no_session when the session is over; errc::token_too_large for a user who has too much about them.
    virtual result<access_token> issue(const session& of) = 0;

    // Appends an access token for the upstream of this live session to `out`, one that was minted before while enough
    // of its life is left. It says what it is for: see verify(). On the check path: then nothing is allocated where
    // `out` has room. Errors as issue().
    virtual result<void> mint(const session& of, std::string& out) = 0;

    // Logs in, and opens a session whose credential is the refresh token. Errors as authenticator::login(), and
    // errc::token_too_large, before any session begins or ends.
    virtual task<result<token_pair>> login(login_request request) = 0;

    // Uses a refresh token up (requirement J6). The same one again, within token_options::refresh_grace, gets the same
    // successor; later its session ends, and that is audited as "token_replayed". errc::invalid_credentials for all
    // that is no refresh token in force; errc::store_unavailable, and then the token is still good.
    virtual task<result<token_pair>> refresh(std::string_view token, token_visit visit) = 0;

    // Ends the session of an access or refresh token, be the token expired or used up, as long as it was ours: what
    // ended, or nothing. Audited as "token_revoked". errc::store_unavailable.
    virtual task<result<std::optional<session>>> revoke(std::string_view token, token_visit visit) = 0;

    // What a token in force stands for, by the session store, whatever check_revocation says; nothing for all else.
    virtual task<result<std::optional<token_account>>> introspect(std::string_view token) = 0;

    // The keys in force, as JSON (RFC 7517): public parts alone.
    virtual std::shared_ptr<const std::string> jwks() const = 0;

    // From now on signs and checks with these.
    virtual void use(std::shared_ptr<const token_keys> keys) = 0;

    virtual token_stats stats() const noexcept = 0;
};

}  // namespace latchkey
