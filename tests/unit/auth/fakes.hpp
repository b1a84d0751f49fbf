// Stand-ins for everything the login use case works with. They write down what is asked of them, in order.
//
// The user store is called on the database pool's thread, the rest on the test's own; the awaits order all of it.
#pragma once

#include <latchkey/audit.hpp>
#include <latchkey/password_hasher.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/user_store.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::testing {

using trace = std::vector<std::string>;

class fake_user_store final : public user_store {
public:
    explicit fake_user_store(trace& asked) : asked_(asked) {}

    std::map<std::string, stored_user> users;
    std::optional<errc> failure;          // of every look-up
    std::optional<errc> replace_failure;  // of replace_password_hash
    bool replace_throws = false;

    result<std::optional<stored_user>> find(const email_address& email) override {
        asked_.push_back("find");
        last_email = email.str();
        if (failure)
            return *failure;
        const auto found = users.find(email.str());
        return found == users.end() ? std::optional<stored_user>{} : found->second;
    }
    result<bool> replace_password_hash(const public_id& id, std::string_view expected,
                                       std::string_view password_hash) override {
        asked_.push_back("replace");
        if (replace_throws)
            throw std::bad_alloc();
        if (replace_failure)
            return *replace_failure;
        for (auto& [email, user] : users) {
            if (user.profile.id == id && user.password_hash == expected) {
                user.password_hash = password_hash;
                return true;
            }
        }
        return false;
    }

    result<user> add(const email_address&, std::string_view, const std::vector<std::string>&,
                     std::string_view) override {
        return errc::store_unavailable;
    }
    result<std::optional<stored_user>> find(const public_id&) override { return errc::store_unavailable; }
    result<user_page> list(std::optional<public_id>, std::size_t) override { return errc::store_unavailable; }
    result<void> set_password_hash(const public_id&, std::string_view) override { return errc::store_unavailable; }
    result<void> set_disabled(const public_id&, bool) override { return errc::store_unavailable; }
    result<void> set_name(const public_id&, std::string_view) override { return errc::store_unavailable; }
    result<void> set_groups(const public_id&, const std::vector<std::string>&) override {
        return errc::store_unavailable;
    }
    result<void> remove(const public_id&) override { return errc::store_unavailable; }
    result<void> ping() override { return {}; }

    std::string last_email;

private:
    trace& asked_;
};

// "hash of X" is what it makes of the password X; "old hash of X" matches too and asks for a rehash; "foreign" is
// beyond it.
class fake_hasher final : public password_hasher {
public:
    explicit fake_hasher(trace& asked) : asked_(asked) {}

    bool full = false;
    bool throws = false;
    std::optional<errc> failure;       // of verify()
    std::optional<errc> hash_failure;  // of hash()

    task<result<verification>> verify(const secret& password, std::string phc) override {
        asked_.push_back(phc == "foreign" ? "refuse foreign hash" : "verify");
        if (throws)
            throw std::bad_alloc();
        if (failure)
            co_return *failure;
        if (phc == "foreign")
            co_return errc::unsupported_hash;
        const std::string fresh = "hash of " + std::string(password.reveal());
        if (phc == "old " + fresh)
            co_return verification{.matches = true, .needs_rehash = true};
        co_return verification{.matches = phc == fresh, .needs_rehash = false};
    }
    task<result<std::string>> hash(const secret& password) override {
        asked_.push_back("hash");
        if (hash_failure)
            co_return *hash_failure;
        co_return "hash of " + std::string(password.reveal());
    }
    bool saturated() const noexcept override { return full; }

private:
    trace& asked_;
};

class fake_session_store final : public session_store {
public:
    std::vector<std::pair<session_key, listed_session>> rows;
    std::optional<errc> failure;         // of every call
    std::optional<errc> insert_failure;  // of insert()

    task<result<std::optional<session>>> find(const session_key& key) override {
        if (failure)
            co_return *failure;
        for (const auto& [k, row] : rows) {
            if (k == key)
                co_return row.value;
        }
        co_return std::optional<session>{};
    }
    task<result<session>> insert(const session_key& key, const new_session& fresh) override {
        if (failure || insert_failure)
            co_return failure ? *failure : *insert_failure;
        session made;
        made.id = fresh.id;
        made.user = fresh.user;
        made.remembered = fresh.remembered;
        made.ip = fresh.client.ip;
        rows.insert(rows.begin(), {key, {made, fresh.client.user_agent}});
        co_return made;
    }
    task<result<std::optional<session>>> erase(const session_key& key) override {
        if (failure)
            co_return *failure;
        const auto row = std::ranges::find(rows, key, [](const auto& r) { return r.first; });
        if (row == rows.end())
            co_return std::optional<session>{};
        std::optional<session> ended = row->second.value;
        rows.erase(row);
        co_return ended;
    }
    task<result<std::size_t>> erase_user(const public_id&) override { co_return errc::store_unavailable; }
    task<result<std::vector<listed_session>>> list(const public_id& user) override {
        if (failure)
            co_return *failure;
        std::vector<listed_session> found;
        for (const auto& [key, row] : rows) {
            if (row.value.user->id == user)
                found.push_back(row);
        }
        co_return found;
    }
    std::size_t size() const noexcept override { return rows.size(); }
    void sweep() noexcept override {}
};

// An audit event with its texts kept.
struct kept_event {
    bool success = false;
    std::string type, reason, request_id, email;
    std::optional<public_id> user, session;
    client_address client;
};

class fake_audit final : public audit_sink {
public:
    std::vector<kept_event> events;

    void record(const audit_event& e) noexcept override {
        events.push_back({e.success, std::string(e.type), std::string(e.reason), std::string(e.request_id),
                          std::string(e.email), e.user, e.session, e.client});
    }
};

}  // namespace latchkey::testing
