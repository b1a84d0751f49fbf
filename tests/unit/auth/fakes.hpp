// Stand-ins for everything the login use case works with. They write down what is asked of them, in order.
//
// The user store is called on the database pool's thread, the rest on the test's own; the awaits order all of it.
#pragma once

#include <latchkey/audit.hpp>
#include <latchkey/password_hasher.hpp>
#include <latchkey/session_store.hpp>
#include <latchkey/user_store.hpp>

#include <algorithm>
#include <functional>
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

    result<std::optional<stored_user>> find(const public_id& id) override {
        asked_.push_back("find by id");
        if (failure || find_id_failure)
            return failure ? *failure : *find_id_failure;
        for (const auto& [email, user] : users)
            if (user.profile.id == id)
                return std::optional<stored_user>(user);
        return std::optional<stored_user>{};
    }
    result<user> add(const email_address& email, std::string_view name, const std::vector<std::string>& groups,
                     std::string_view password_hash) override {
        asked_.push_back("add");
        if (failure)
            return *failure;
        if (users.contains(email.str()))
            return errc::already_exists;
        stored_user& fresh = users[email.str()];
        fresh.profile.id.bytes.fill(static_cast<std::uint8_t>(users.size()));
        fresh.profile.email = email.str();
        fresh.profile.name = name;
        fresh.profile.groups = groups;
        fresh.password_hash = password_hash;
        return fresh.profile;
    }
    result<user> update(const public_id& id, const user_changes& changes) override {
        asked_.push_back("update");
        if (failure || update_failure)
            return failure ? *failure : *update_failure;
        if (before_update)
            std::exchange(before_update, {})();
        for (auto& [email, user] : users) {
            if (user.profile.id != id)
                continue;
            if (changes.judged_by && *changes.judged_by != user.credential_version)
                return errc::invalid_credentials;
            if (changes.email)
                user.profile.email = changes.email->str();
            if (changes.name)
                user.profile.name = *changes.name;
            if (changes.groups)
                user.profile.groups = *changes.groups;
            if (changes.disabled)
                user.profile.disabled = *changes.disabled;
            if (changes.password_hash)
                user.password_hash = *changes.password_hash;
            ++user.profile.version;
            if (changes.password_hash || changes.disabled.value_or(false))
                ++user.credential_version;
            last_spare = changes.spare;
            return user.profile;
        }
        return errc::not_found;
    }
    result<void> remove(const public_id& id) override {
        asked_.push_back("remove");
        if (failure)
            return *failure;
        return std::erase_if(users, [&](const auto& u) { return u.second.profile.id == id; }) != 0
                   ? result<void>{}
                   : result<void>(errc::not_found);
    }
    result<user_page> list(std::optional<public_id> after, std::size_t limit) override {
        if (failure)
            return *failure;
        user_page page;
        for (const auto& [email, user] : users)
            if (page.users.size() < limit && (!after || user.profile.id > *after))
                page.users.push_back(user.profile);
        return page;
    }
    result<void> ping() override { return {}; }

    std::string last_email;
    std::optional<public_id> last_spare;
    std::optional<errc> find_id_failure;  // of find() by id
    std::optional<errc> update_failure;   // of update()
    std::function<void()> before_update;  // what happens just before the next update(), once

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
    std::function<void()> meanwhile;   // what happens while the next password is verified

    task<result<verification>> verify(const secret& password, std::string phc, client_prefix) override {
        asked_.push_back(phc == "foreign" ? "refuse foreign hash" : "verify");
        if (throws)
            throw std::bad_alloc();
        if (meanwhile)
            std::exchange(meanwhile, {})();
        if (failure)
            co_return *failure;
        if (phc == "foreign")
            co_return errc::unsupported_hash;
        const std::string fresh = "hash of " + std::string(password.reveal());
        if (phc == "old " + fresh)
            co_return verification{.matches = true, .needs_rehash = true};
        co_return verification{.matches = phc == fresh, .needs_rehash = false};
    }
    task<result<std::string>> hash(const secret& password, client_prefix) override {
        asked_.push_back("hash");
        if (hash_failure)
            co_return *hash_failure;
        co_return "hash of " + std::string(password.reveal());
    }
    bool saturated(const client_prefix&) const noexcept override { return full; }

private:
    trace& asked_;
};

inline std::string headers_of(const profile_ptr& profile) {
    std::string lines;
    profile->append_identity_headers(lines);
    return lines;
}

class fake_session_store final : public session_store {
public:
    std::vector<std::pair<session_key, listed_session>> rows;
    std::optional<errc> failure;           // of every call
    std::optional<errc> insert_failure;    // of insert()
    std::vector<public_id> ends_for_next;  // what insert() says that it ended
    std::optional<errc> rotate_failure;    // of rotate()
    std::optional<errc> erase_failure;     // of erasing by id or user
    seconds rotated_ago{};                 // what find_rotated() says
    std::function<void()> after_rotate;    // what happens just after the next rotate(), once
    trace* asked = nullptr;                // written to, when given, by what ends, rotates or refreshes
    std::vector<std::pair<session_key, public_id>> rotated;  // away from these sessions

    task<result<std::optional<session>>> find(const session_key& key) override {
        if (failure)
            co_return *failure;
        for (const auto& [k, row] : rows) {
            if (k == key)
                co_return row.value;
        }
        co_return std::optional<session>{};
    }
    task<result<session>> insert(const session_key& key, const new_session& fresh,
                                 std::vector<public_id>* displaced) override {
        if (failure || insert_failure)
            co_return failure ? *failure : *insert_failure;
        if (displaced)
            *displaced = ends_for_next;
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
        const auto row = behind(key);
        if (row == rows.end())
            co_return std::optional<session>{};
        std::optional<session> ended = row->second.value;
        rows.erase(row);
        co_return ended;
    }
    task<result<std::optional<session>>> find(const public_id& user, const public_id& id) override {
        if (failure)
            co_return *failure;
        for (const auto& [k, row] : rows) {
            if (row.value.id == id && row.value.user->id == user)
                co_return row.value;
        }
        co_return std::optional<session>{};
    }
    task<result<std::optional<rotated_session>>> find_rotated(const session_key& key) override {
        if (failure)
            co_return *failure;
        const auto row = behind(key);
        if (row == rows.end() || row->first == key)
            co_return std::optional<rotated_session>{};
        const rotated_session known{row->second.value, rotated_ago};
        co_return std::optional<rotated_session>(known);
    }
    task<result<std::optional<session>>> rotate(const session_key& key, const session_key& fresh,
                                                rotation_cause cause) override {
        note("rotate");
        if (failure || rotate_failure)
            co_return failure ? *failure : *rotate_failure;
        const auto row = behind(key);
        if (row == rows.end() || (cause == rotation_cause::refreshed && row->first != key))
            co_return std::optional<session>{};
        std::optional<session> renewed = row->second.value;
        rotated.emplace_back(row->first, renewed->id);
        row->first = fresh;
        if (after_rotate)
            std::exchange(after_rotate, {})();
        co_return renewed;
    }
    task<result<std::optional<session>>> erase(const public_id& user, const public_id& id) override {
        if (failure || erase_failure)
            co_return failure ? *failure : *erase_failure;
        const auto row = std::ranges::find_if(
            rows, [&](const auto& r) { return r.second.value.id == id && r.second.value.user->id == user; });
        if (row == rows.end())
            co_return std::optional<session>{};
        std::optional<session> ended = row->second.value;
        rows.erase(row);
        co_return ended;
    }
    task<result<std::optional<session>>> erase_anyones(const public_id& id) override {
        if (failure)
            co_return *failure;
        const auto row = std::ranges::find_if(rows, [&](const auto& r) { return r.second.value.id == id; });
        if (row == rows.end())
            co_return std::optional<session>{};
        const public_id user = row->second.value.user->id;
        co_return co_await erase(user, id);
    }
    task<result<std::size_t>> erase_user(const public_id& user, std::optional<public_id> spare) override {
        note("erase user");
        if (failure || erase_failure)
            co_return failure ? *failure : *erase_failure;
        co_return std::erase_if(
            rows, [&](const auto& r) { return r.second.value.user->id == user && r.second.value.id != spare; });
    }
    task<result<session_page>> page(std::optional<session_cursor>, std::size_t limit) override {
        if (failure)
            co_return *failure;
        session_page some;
        for (const auto& [key, row] : rows)
            if (some.sessions.size() < limit)
                some.sessions.push_back(row);
        co_return some;
    }
    task<result<void>> refresh(profile_ptr user) override {
        note("refresh");
        if (failure)
            co_return *failure;
        for (auto& [key, row] : rows)
            if (row.value.user->id == user->id)
                row.value.user = user;
        co_return result<void>{};
    }
    void configure(const session_options&) override {}
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
    bool sweep() noexcept override { return false; }

private:
    // The session that `key` opens, or opened once.
    decltype(rows)::iterator behind(const session_key& key) {
        const auto row = std::ranges::find(rows, key, [](const auto& r) { return r.first; });
        if (row != rows.end())
            return row;
        const auto old = std::ranges::find(rotated, key, [](const auto& r) { return r.first; });
        if (old == rotated.end())
            return rows.end();
        return std::ranges::find(rows, old->second, [](const auto& r) { return r.second.value.id; });
    }
    void note(const char* what) {
        if (asked)
            asked->push_back(what);
    }
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
