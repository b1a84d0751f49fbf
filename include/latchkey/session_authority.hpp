// Opens, verifies, rotates and ends sessions: what stands between a cookie value and a session_store.
//
// The only place that turns tokens into keys. Callers are HTTP handlers and the authenticator, on any io thread.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/session.hpp>
#include <latchkey/session_store.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace latchkey {

struct opened_session {
    secret token;  // 43 base64url characters: the value of the cookie; or a refresh token
    session value;
    std::vector<public_id> displaced{};  // sessions of the user that ended for it, see session_options::max_per_user
};

// What the holder of a session shows for it. One is never taken for the other.
enum class credential_kind {
    cookie,
    refresh_token,
};

class session_authority {
public:
    virtual ~session_authority() = default;

    // Who holds this cookie value? errc::no_session for unknown, ended, malformed and non-canonical values alike
    // (requirement C3); errc::store_unavailable when that cannot be known. The check path.
    virtual task<result<session>> verify(std::string_view token) = 0;

    // verify() in two steps, where nobody has to be waited for. The key of a cookie value: errc::no_session for
    // malformed and non-canonical ones.
    virtual result<session_key> key_of(std::string_view token) const noexcept = 0;
    // What verify() says of the value with this key; else nothing, and nothing was done.
    virtual std::optional<result<session>> verify_at_once(const session_key& key) noexcept = 0;
    // See session_store::fetch().
    virtual void fetch(std::span<const session_key> keys) noexcept = 0;

    // Whose session did this value open, now or until a rotation less than rotation_grace ago? For callers that prove
    // themselves by more than the value (a password). Errors as verify().
    virtual task<result<session>> trace(std::string_view token) = 0;

    // A new session with a new token, which is a cookie's value or a refresh token; verify() and its like know cookies
    // alone. Errors as session_store::insert.
    virtual task<result<opened_session>> open(profile_ptr user, bool remember, device client,
                                              credential_kind kind = credential_kind::cookie) = 0;

    // A new token for the session that trace() finds; the old one is dead when this completes (requirement R2). The
    // caller has just verified the user's password. errc::no_session, errc::store_unavailable.
    virtual task<result<opened_session>> rotate(std::string_view token) = 0;

    // Ends the session that trace() would find: what ended, or nothing. Idempotent; malformed tokens end nothing.
    virtual task<result<std::optional<session>>> close(std::string_view token) = 0;

    // Ends this session of this user: what ended, or nothing when the user has no such session.
    virtual task<result<std::optional<session>>> revoke(public_id user, public_id id) = 0;

    // Ends all of the user's sessions but `spare`; how many there were.
    virtual task<result<std::size_t>> revoke_all(public_id user, std::optional<public_id> spare) = 0;

    // All sessions of the user show this picture of them from now on.
    virtual task<result<void>> refresh(profile_ptr user) = 0;

    // The user's live sessions, newest first, with what their devices said of themselves.
    virtual task<result<std::vector<listed_session>>> list(public_id user) = 0;
};

}  // namespace latchkey
