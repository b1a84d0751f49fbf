// Tokens over the session store. What a token says is believed only after its signature, and what it says of a session
// only after the store, unless that is switched off: then the signature and the claims alone decide.
//
// Tokens tell wall-clock time, sessions the time line's (decision 0004).
#include "access_token_writer.hpp"
#include "compact_jws.hpp"
#include "make_token_authority.hpp"
#include "minted_tokens.hpp"
#include "mutex.hpp"
#include "refresh_token.hpp"
#include "token_claims.hpp"
#include "verified_tokens.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace latchkey {
namespace {

using boost::system::error_code;

// Nodes that issue and check tokens for each other may be so far apart (RFC 7519 section 4.1.5).
constexpr seconds clock_leeway{5};

profile_ptr profile_of(const token_claims& claims, bool remote_user_is_email) {
    user who;
    who.id = claims.subject;
    who.email = claims.email;
    who.name = claims.name;
    who.groups = claims.groups;
    return make_profile(who, remote_user_is_email);
}

class keyed_token_authority final : public token_authority {
public:
    keyed_token_authority(const token_authority_parts& parts, token_settings settings,
                          std::shared_ptr<const token_keys> keys)
        : parts_(parts), settings_(std::move(settings)) {
        use(std::move(keys));
    }

    task<result<session>> verify(std::string_view token, token_scrutiny scrutiny) override {
        const auto known = good(token);
        if (!known) {
            count(refused_);
            co_return known.error();
        }
        if (known->profile && scrutiny == token_scrutiny::configured)
            co_return session_of(*known);
        auto found = co_await session_behind(*known);
        co_return found;
    }

    std::optional<result<session>> verify_at_once(std::string_view token) override {
        const auto known = good(token);
        if (!known) {
            count(refused_);
            return known.error();
        }
        if (known->profile)
            return session_of(*known);
        auto held = parts_.sessions.find_at_once(known->user, known->session);
        if (!held)
            return std::nullopt;
        return in_force(*known, *std::move(held));
    }

    result<access_token> issue(const session& of) override { return make(of, token_purpose::credential); }

    result<void> mint(const session& of, std::string& out) override {
        const wall_time wall = parts_.time.wall();
        if (minted_.append(of, wall, out))
            return {};
        const std::uint64_t generation = minted_.generation();
        const auto token = make(of, token_purpose::upstream);
        if (!token)
            return token.error();
        out.append(token->text.reveal());
        const seconds fresh = token->lifetime - token->lifetime / 5;
        minted_.put(of, token->text.reveal(), wall, wall + fresh, generation);
        return {};
    }

    task<result<token_pair>> login(login_request request) override {
        request.remember = true;
        request.credential = credential_kind::refresh_token;
        request.objection = [this](const user& who) { return writer_.objection_to(who); };
        auto opened = co_await parts_.logins.login(std::move(request));
        if (!opened)
            co_return opened.error();
        auto access = issue(opened->value);
        if (!access) {
            // Nobody will ever hear of this session.
            co_await parts_.sessions.erase(opened->value.user->id, opened->value.id);
            co_return access.error();
        }
        co_return token_pair{*std::move(access), std::move(opened->token), std::move(opened->value)};
    }

    task<result<token_pair>> refresh(std::string_view token, token_visit visit) override {
        const auto shown = parts_.refreshes.read(token);
        if (!shown)
            co_return errc::invalid_credentials;
        const refresh_token next = parts_.refreshes.successor_of(*shown);
        const auto held = co_await use_up(*shown, next, visit);
        if (!held)
            co_return held.error();
        if (parts_.time.now() >= held->created_at + settings_.refresh_lifetime) {
            const auto ended = co_await parts_.sessions.erase(shown->user, shown->session);
            if (!ended)
                co_return ended.error();
            if (*ended)
                record("session_revoked", "refresh_lifetime", **ended, visit);
            co_return errc::invalid_credentials;
        }
        auto access = issue(*held);
        if (!access)
            co_return access.error();
        secret successor = parts_.refreshes.write(next);
        co_return token_pair{*std::move(access), std::move(successor), *held};
    }

    task<result<std::optional<session>>> revoke(std::string_view token, token_visit visit) override {
        public_id whose, which;
        if (const auto refresh = parts_.refreshes.read(token)) {
            whose = refresh->user;
            which = refresh->session;
        } else if (const auto claims = believed(token)) {
            whose = claims->subject;
            which = claims->session;
        } else {
            co_return std::optional<session>{};
        }
        auto ended = co_await parts_.sessions.erase(whose, which);
        if (ended && *ended)
            record("token_revoked", "", **ended, visit);
        co_return ended;
    }

    task<result<std::optional<token_account>>> introspect(std::string_view token) override {
        std::optional<token_account> account;
        if (const auto refresh = parts_.refreshes.read(token)) {
            auto found = co_await parts_.sessions.find(parts_.refreshes.key_of(*refresh));
            if (!found)
                co_return found.error();
            if (*found) {
                account.emplace();
                account->is_refresh = true;
                account->static_claims = settings_.static_claims;
                account->value = **std::move(found);
                const time_point end =
                    std::min(account->value.idle_expires_at, account->value.created_at + settings_.refresh_lifetime);
                account->expires_at = to_wall(parts_.time, end);
                if (end <= parts_.time.now())
                    account.reset();
            }
            co_return account;
        }
        const auto claims = believed(token);
        if (!claims || out_of_force(*claims))
            co_return account;
        auto found = co_await session_behind(essence_of(*claims));
        if (!found && found.error() == errc::no_session)
            co_return account;
        if (!found)
            co_return found.error();
        account.emplace();
        account->value = *std::move(found);
        account->expires_at = claims->expires_at;
        account->issued_at = claims->issued_at;
        account->not_before = claims->not_before;
        account->token_id = claims->id;
        account->for_upstream = claims->for_upstream;
        account->static_claims = settings_.static_claims;
        co_return account;
    }

    std::shared_ptr<const std::string> jwks() const override {
        const mutex_lock lock(mutex_);
        return jwks_;
    }

    void use(std::shared_ptr<const token_keys> keys) override {
        auto published = std::make_shared<const std::string>(keys->jwks());
        {
            const mutex_lock lock(mutex_);
            keys_ = std::move(keys);
            jwks_ = std::move(published);
        }
        verified_.forget_all();
        minted_.forget_all();
    }

    token_stats stats() const noexcept override {
        token_stats out;
        out.issued = issued_.load(std::memory_order_relaxed);
        out.refreshed = refreshed_.load(std::memory_order_relaxed);
        out.repeated = repeated_.load(std::memory_order_relaxed);
        out.replayed = replayed_.load(std::memory_order_relaxed);
        out.verified = signatures_.load(std::memory_order_relaxed);
        out.refused = refused_.load(std::memory_order_relaxed);
        return out;
    }

private:
    using counter = std::atomic<std::uint64_t>;

    static void count(counter& which) noexcept { which.fetch_add(1, std::memory_order_relaxed); }

    std::shared_ptr<const token_keys> keys() const {
        const mutex_lock lock(mutex_);
        return keys_;
    }

    result<access_token> make(const session& of, token_purpose what_for) {
        auto token = writer_.write(of, what_for, *keys());
        if (token)
            count(issued_);
        return token;
    }

    // A token in force, as far as it can say itself. One that was seen before costs a hash, and allocates nothing.
    result<verified_token> good(std::string_view token) {
        if (token.size() > compact_jws::largest)
            return errc::no_session;
        const auto digest = verified_.digest_of(token);
        if (auto known = verified_.find(digest, parts_.time.wall()); known && has_begun(known->not_before))
            return *std::move(known);
        const std::uint64_t generation = verified_.generation();
        const auto claims = believed(token);
        if (!claims)
            return claims.error();
        // What an application was given as a proof is no key to this server: one that is broken into cannot act for
        // those who visit it (decision 0017).
        if (claims->for_upstream)
            return errc::no_session;
        if (const auto fault = out_of_force(*claims))
            return fault;
        verified_token fresh = essence_of(*claims);
        if (!settings_.check_revocation)
            fresh.profile = profile_of(*claims, settings_.remote_user_is_email);
        verified_.put(digest, fresh, generation);
        return fresh;
    }

    // What one of our keys has signed, whenever that was. Throws std::bad_alloc.
    result<token_claims> believed(std::string_view token) {
        const auto parsed = compact_jws::make(token);
        if (!parsed)
            return errc::no_session;
        const auto known = keys();
        const signing_key* const key = known->by_header(parsed->header());
        if (!key || !key->verify(parsed->signing_input(), parsed->signature()))
            return errc::no_session;
        count(signatures_);
        return read_claims(parsed->payload());
    }

    bool has_begun(wall_time not_before) const { return not_before <= parts_.time.wall() + clock_leeway; }

    error_code out_of_force(const token_claims& claims) const {
        const bool ours = claims.issuer == settings_.issuer && claims.audience == settings_.audience;
        const bool now_good = parts_.time.wall() < claims.expires_at && has_begun(claims.not_before);
        return ours && now_good ? error_code{} : make_error_code(errc::no_session);
    }

    static verified_token essence_of(const token_claims& claims) noexcept {
        return {claims.subject, claims.session, claims.expires_at, claims.not_before, claims.authenticated, {}};
    }

    session session_of(const verified_token& token) const {
        const time_point now = parts_.time.now();
        const wall_time wall = parts_.time.wall();
        const auto on_time_line = [&](wall_time t) { return now + (t - wall); };
        session out;
        out.id = token.session;
        out.user = token.profile;
        out.created_at = out.authenticated_at = on_time_line(token.authenticated_at);
        out.last_seen_at = on_time_line(token.not_before);
        out.idle_expires_at = out.expires_at = on_time_line(token.expires_at);
        return out;
    }

    task<result<session>> session_behind(const verified_token& token) {
        auto found = co_await parts_.sessions.find(token.user, token.session);
        if (!found)
            co_return found.error();
        co_return in_force(token, *std::move(found));
    }

    // From the authentication to the token's end is the same time by every clock, and the session knows when that was:
    // a wall clock that was set back gives no token a longer life (requirement T3).
    result<session> in_force(const verified_token& token, std::optional<session> held) const {
        const seconds reach = token.expires_at - token.authenticated_at;
        if (!held || parts_.time.now() - held->authenticated_at >= reach)
            return errc::no_session;
        return *std::move(held);
    }

    // The session whose credential `shown` is, or was until a moment ago; from now on that is `next`.
    task<result<session>> use_up(const refresh_token& shown, const refresh_token& next, const token_visit& visit) {
        const session_key old_key = parts_.refreshes.key_of(shown);
        const session_key new_key = parts_.refreshes.key_of(next);
        auto renewed = co_await parts_.sessions.rotate(old_key, new_key, rotation_cause::refreshed);
        if (!renewed)
            co_return renewed.error();
        if (*renewed) {
            count(refreshed_);
            co_return **std::move(renewed);
        }
        auto before = co_await parts_.sessions.find_rotated(old_key);
        if (!before)
            co_return before.error();
        if (*before && (*before)->ago <= settings_.refresh_grace) {
            count(repeated_);
            co_return (*std::move(before))->value;
        }
        const error_code refusal = co_await end_of_replayed(shown, visit);
        co_return refusal;
    }

    // Two have the same token: whoever used it, the other is a thief, and nobody can say which (RFC 9700 section
    // 4.14.2). Of a session that has ended anyway nothing needs to be said.
    task<error_code> end_of_replayed(const refresh_token& shown, const token_visit& visit) {
        const auto ended = co_await parts_.sessions.erase(shown.user, shown.session);
        if (!ended)
            co_return ended.error();
        if (*ended) {
            count(replayed_);
            record("token_replayed", "", **ended, visit);
        }
        co_return make_error_code(errc::invalid_credentials);
    }

    void record(std::string_view type, std::string_view reason, const session& ended,
                const token_visit& visit) noexcept {
        audit_event event;
        event.type = type;
        event.success = true;
        event.reason = reason;
        event.request_id = visit.request_id;
        event.email = ended.user->email();
        event.user = ended.user->id;
        event.session = ended.id;
        event.client = visit.client;
        parts_.audit.record(event);
    }

    const token_authority_parts parts_;
    const token_settings settings_;
    const access_token_writer writer_{settings_, parts_.time, parts_.log};

    mutable mutex mutex_;
    std::shared_ptr<const token_keys> keys_ LATCHKEY_GUARDED_BY(mutex_);
    std::shared_ptr<const std::string> jwks_ LATCHKEY_GUARDED_BY(mutex_);

    verified_tokens verified_;
    minted_tokens minted_;
    counter issued_{0}, refreshed_{0}, repeated_{0}, replayed_{0}, signatures_{0}, refused_{0};
};

}  // namespace

std::unique_ptr<token_authority> make_token_authority(const token_authority_parts& parts, token_settings settings,
                                                      std::shared_ptr<const token_keys> keys) {
    return std::make_unique<keyed_token_authority>(parts, std::move(settings), std::move(keys));
}

}  // namespace latchkey
