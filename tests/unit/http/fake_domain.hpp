// A domain for handlers: a handful of sessions in a vector, logins that answer what a test wants, and a notebook in
// place of the audit log. Tokens are any text.
#pragma once

#include "silent_domain.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::testing {

inline public_id numbered_id(std::uint8_t number) {
    public_id id;
    id.bytes.back() = number;
    return id;
}

struct fake_sessions final : no_sessions {
    struct entry {
        std::string token;
        session value;
    };
    std::vector<entry> live;  // newest first
    bool broken = false;      // the store does not answer

    template <class Predicate>
    result<std::optional<session>> end(Predicate is_meant) {
        if (broken)
            return errc::store_unavailable;
        const auto found = std::find_if(live.begin(), live.end(), is_meant);
        if (found == live.end())
            return std::optional<session>{};
        std::optional<session> ended = found->value;
        live.erase(found);
        return ended;
    }
    result<session> look_up(std::string_view token) const {
        if (broken)
            return errc::store_unavailable;
        for (const auto& e : live)
            if (e.token == token)
                return e.value;
        return errc::no_session;
    }

    task<result<session>> verify(std::string_view token) override { co_return look_up(token); }
    task<result<session>> trace(std::string_view token) override { co_return look_up(token); }
    task<result<std::optional<session>>> close(std::string_view token) override {
        co_return end([&](const entry& e) { return e.token == token; });
    }
    task<result<std::optional<session>>> revoke(public_id user, public_id id) override {
        co_return end([&](const entry& e) { return e.value.user->id == user && e.value.id == id; });
    }
    task<result<std::size_t>> revoke_all(public_id user, std::optional<public_id> spare) override {
        if (broken)
            co_return errc::store_unavailable;
        co_return std::erase_if(live, [&](const entry& e) { return e.value.user->id == user && e.value.id != spare; });
    }
    task<result<std::vector<listed_session>>> list(public_id user) override {
        if (broken)
            co_return errc::store_unavailable;
        std::vector<listed_session> found;
        for (const auto& e : live)
            if (e.value.user->id == user)
                found.push_back({e.value, "agent of " + e.token});
        co_return found;
    }
};

struct fake_logins final : no_logins {
    std::optional<boost::system::error_code> failure;
    boost::system::error_code turned_away;
    std::string device_token;  // what a login answers; empty: what the browser has will do
    session opened;            // what a success answers, with the token "fresh-token"
    std::map<std::string, std::string> asked;

    result<opened_session> outcome() const {
        if (failure)
            return *failure;
        return opened_session{secret("fresh-token"), opened};
    }
    boost::system::error_code turn_away(const login_visit& visit) noexcept override {
        asked = {{"client", visit.client.str()},
                 {"request_id", std::string(visit.request_id)},
                 {"has_device", visit.has_device ? "yes" : "no"}};
        return turned_away;
    }
    task<result<signed_in>> login(login_request r) override {
        asked = {{"email", r.email},
                 {"password", std::string(r.password.reveal())},
                 {"device_token", std::string(r.device_token.reveal())}};
        auto done = outcome();
        if (!done)
            co_return done.error();
        co_return signed_in{*std::move(done), secret(device_token)};
    }
    task<result<opened_session>> reauthenticate(reauthentication_request r) override {
        asked = {{"token", std::string(r.token.reveal())},
                 {"password", std::string(r.password.reveal())},
                 {"device_token", std::string(r.device_token.reveal())},
                 {"client", r.client.str()},
                 {"request_id", r.request_id}};
        co_return outcome();
    }
    task<result<opened_session>> change_password(password_change_request r) override {
        asked = {{"token", std::string(r.token.reveal())},
                 {"current_password", std::string(r.current_password.reveal())},
                 {"new_password", std::string(r.new_password.reveal())},
                 {"device_token", std::string(r.device_token.reveal())},
                 {"client", r.client.str()},
                 {"request_id", r.request_id}};
        co_return outcome();
    }
};

struct audit_notebook final : no_audit {
    std::vector<std::string> lines;  // "type reason user session"
    void record(const audit_event& e) noexcept override {
        lines.push_back(std::string(e.type) + (e.success ? "" : " failed") + (e.reason.empty() ? "" : " ") +
                        std::string(e.reason) + " " + std::string(e.email) + " " +
                        (e.session ? std::to_string(e.session->bytes.back()) : "-"));
    }
};

struct log_notebook final : no_log {
    std::vector<std::string> lines;  // the event and its fields that are text: "event name=value …"
    void write(log_level, std::string_view event, std::initializer_list<log_field> fields) noexcept override {
        std::string line(event);
        for (const auto& f : fields)
            if (const auto* text = std::get_if<std::string_view>(&f.value); text && f.name != "request_id")
                line.append(" ").append(f.name).append("=").append(*text);
        lines.push_back(line);
    }
};

struct fake_domain {
    fake_sessions sessions;
    fake_logins logins;
    no_users admins;
    no_reloads reloads;
    always_ready ready;
    audit_notebook audit;
    log_notebook log;
    manual_clock time;

    http::domain get() { return {sessions, logins, admins, reloads, ready, audit, log, time}; }

    // In front: it is the newest.
    session add_session(std::string token, std::uint8_t id, const profile_ptr& owner) {
        session s;
        s.id = numbered_id(id);
        s.user = owner;
        s.created_at = s.authenticated_at = s.last_seen_at = time.now();
        s.idle_expires_at = time.now() + seconds{1'800};
        s.expires_at = time.now() + seconds{43'200};
        sessions.live.insert(sessions.live.begin(), {std::move(token), s});
        return s;
    }
};

inline profile_ptr make_person(std::uint8_t id, std::string email) {
    user u;
    u.id = numbered_id(id);
    u.email = std::move(email);
    return make_profile(u, false);
}

}  // namespace latchkey::testing
