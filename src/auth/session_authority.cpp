#include "make_session_authority.hpp"
#include "refresh_token.hpp"
#include "tokens.hpp"

#include <utility>

namespace latchkey {
namespace {

class store_backed_authority final : public session_authority {
public:
    store_backed_authority(session_store& store, const refresh_tokens* refreshes)
        : store_(store), refreshes_(refreshes) {}

    task<result<session>> verify(std::string_view token) override {
        const auto key = key_of(token);
        if (!key)
            co_return errc::no_session;
        auto found = co_await store_.find(*key);
        if (!found)
            co_return found.error();
        if (!*found)
            co_return errc::no_session;
        co_return **std::move(found);
    }

    result<session_key> key_of(std::string_view token) const noexcept override { return latchkey::key_of(token); }

    void fetch(std::span<const session_key> keys) noexcept override { store_.fetch(keys); }

    std::optional<result<session>> verify_at_once(const session_key& key) noexcept override {
        auto found = store_.find_at_once(key);
        if (!found)
            return std::nullopt;
        if (!*found)
            return errc::no_session;
        return **std::move(found);
    }

    task<result<session>> trace(std::string_view token) override {
        const auto key = key_of(token);
        if (!key)
            co_return errc::no_session;
        auto found = co_await store_.find(*key);
        if (!found)
            co_return found.error();
        if (*found)
            co_return **std::move(found);
        auto rotated = co_await store_.find_rotated(*key);
        if (!rotated)
            co_return rotated.error();
        if (!*rotated)
            co_return errc::no_session;
        co_return (*std::move(rotated))->value;
    }

    task<result<opened_session>> rotate(std::string_view token) override {
        const auto key = key_of(token);
        if (!key)
            co_return errc::no_session;
        opened_session opened;
        opened.token = new_session_token();
        const auto fresh = key_of(opened.token.reveal());
        auto rotated = co_await store_.rotate(*key, *fresh);
        if (!rotated)
            co_return rotated.error();
        if (!*rotated)
            co_return errc::no_session;
        opened.value = **std::move(rotated);
        co_return std::move(opened);
    }

    task<result<opened_session>> open(profile_ptr user, bool remember, device client, credential_kind kind) override {
        opened_session opened;
        session_key key;
        const new_session fresh{random_public_id(), std::move(user), remember, std::move(client)};
        if (kind == credential_kind::refresh_token) {
            const refresh_token token = refresh_tokens::make(fresh.user->id, fresh.id);
            opened.token = refreshes_->write(token);
            key = refreshes_->key_of(token);
        } else {
            opened.token = new_session_token();
            key = *key_of(opened.token.reveal());
        }
        auto inserted = co_await store_.insert(key, fresh, &opened.displaced);
        if (!inserted)
            co_return inserted.error();
        opened.value = *std::move(inserted);
        co_return std::move(opened);
    }

    task<result<std::optional<session>>> close(std::string_view token) override {
        const auto key = key_of(token);
        if (!key)
            co_return std::optional<session>{};
        co_return co_await store_.erase(*key);
    }

    task<result<std::optional<session>>> revoke(public_id user, public_id id) override {
        co_return co_await store_.erase(user, id);
    }

    task<result<std::size_t>> revoke_all(public_id user, std::optional<public_id> spare) override {
        co_return co_await store_.erase_user(user, spare);
    }

    task<result<void>> refresh(profile_ptr user) override { co_return co_await store_.refresh(std::move(user)); }

    task<result<std::vector<listed_session>>> list(public_id user) override { co_return co_await store_.list(user); }

private:
    session_store& store_;
    const refresh_tokens* const refreshes_;
};

}  // namespace

std::unique_ptr<session_authority> make_session_authority(session_store& store, const refresh_tokens* refreshes) {
    return std::make_unique<store_backed_authority>(store, refreshes);
}

}  // namespace latchkey
