#include "memory_session_store.hpp"

#include "session_table.hpp"

#include <new>
#include <utility>

namespace latchkey {
namespace {

class memory_session_store final : public session_store {
public:
    memory_session_store(const session_options& options, const clock& now) : table_(options, now) {}

    task<result<std::optional<session>>> find(const session_key& key) override { co_return table_.find(key); }

    task<result<session>> insert(const session_key& key, const new_session& fresh) override {
        co_return table_.insert(key, fresh);
    }

    task<result<std::optional<session>>> erase(const session_key& key) override { co_return table_.erase(key); }

    task<result<std::size_t>> erase_user(const public_id& user) override { co_return table_.erase_user(user); }

    task<result<std::vector<listed_session>>> list(const public_id& user) override {
        try {
            co_return table_.list(user);
        } catch (const std::bad_alloc&) {
            co_return errc::store_unavailable;
        }
    }

    std::size_t size() const noexcept override { return table_.size(); }
    void sweep() noexcept override { table_.sweep(); }

private:
    session_table table_;
};

}  // namespace

std::unique_ptr<session_store> make_memory_session_store(const session_options& options, const clock& now) {
    return std::make_unique<memory_session_store>(options, now);
}

}  // namespace latchkey
