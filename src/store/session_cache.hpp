// What this server remembers of sessions that live elsewhere, and until when that may be believed.
//
// The table answers checks; news of changes take out of it what they are about. A read that was under way while news
// came must not bring back what they took away: the number of the last change that a read knows of is held against the
// number of the last change that was heard of for the same few users. All members may be called from every thread, and
// but for keep() none allocates.
#pragma once

#include "mutex.hpp"
#include "redis_records.hpp"
#include "session_table.hpp"

#include <latchkey/clock.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <span>

namespace latchkey {

// Milliseconds of CLOCK_BOOTTIME, which goes on while the process is stopped or the machine sleeps.
std::int64_t boot_milliseconds() noexcept;

class session_cache {
public:
    static constexpr std::int64_t never = INT64_MIN / 2;

    // `now` must outlive *this.
    session_cache(const session_options& options, const clock& now, milliseconds max_staleness);

    // The check path: no allocation, no system call.
    std::optional<session> find(const session_key& key) noexcept { return table_.find(key); }
    void fetch(std::span<const session_key> keys) const noexcept { table_.fetch(keys); }
    std::optional<session> find(const public_id& user, const public_id& id) noexcept { return table_.find(user, id); }
    // Whether everything that happened up to max_staleness ago is known here.
    bool trusted() const noexcept { return age() < max_staleness_; }
    // How old the last word is, in milliseconds; huge before the first.
    std::int64_t age() const noexcept { return boot_milliseconds() - confirmed_.load(std::memory_order_acquire); }

    double age_seconds() const noexcept;  // the same for people: since the process began when there was none

    // News. Everything that had happened at `since` is known here.
    void confirm(std::int64_t since) noexcept { confirmed_.store(since, std::memory_order_release); }
    void distrust() noexcept { confirmed_.store(never, std::memory_order_release); }
    // Change number `number` was about these sessions of this user: they are read anew. `ids` ascend.
    void drop(const public_id& user, std::span<const public_id> ids, std::uint64_t number) noexcept;
    void show(const profile_ptr& user, std::uint64_t number) noexcept;
    // A change was asked for, and nobody knows whether it was made: of one session, or of all of a user's.
    void doubt(const session_key& key) noexcept;
    void doubt(const public_id& user, const public_id& id) noexcept { table_.erase(user, {&id, 1}); }
    void doubt(const public_id& user) noexcept;
    void forget_all() noexcept;

    // Reads. Before a read is sent; whether what it gave is still all that is known here, by the number of the last
    // change that it knows of; and keeping it.
    std::uint64_t begin_read() const noexcept { return generation_.load(); }
    bool holds(const public_id& user, std::uint64_t number, std::uint64_t begun) const noexcept {
        return generation_.load() == begun && heard_[bucket(user)].load() <= number;
    }
    // Without memory for it, and when newer news have come, nothing is kept.
    void keep(const kept_session& read, std::uint64_t number, std::uint64_t begun) noexcept;

    // What is known to open nothing. A key is born when a session gets it, which its owner hears of later.
    std::uint64_t births(const session_key& key) const noexcept { return births_[place(key) % births_.size()].load(); }
    void bear(const session_key& key) noexcept;
    void keep_unknown(const session_key& key, std::uint64_t births, std::uint64_t begun) noexcept;
    bool is_unknown(const session_key& key) const noexcept;

    session_table& table() noexcept { return table_; }
    const session_table& table() const noexcept { return table_; }
    std::uint64_t drops() const noexcept { return generation_.load() - 1; }

private:
    struct unknown_key {
        mutable latchkey::mutex mutex;
        session_key key LATCHKEY_GUARDED_BY(mutex);
        std::uint64_t births LATCHKEY_GUARDED_BY(mutex) = 0;
        std::uint64_t generation LATCHKEY_GUARDED_BY(mutex) = 0;  // 0: none
    };

    static std::size_t bucket(const public_id& user) noexcept { return user_entry::shard_of(user, 4096); }
    static std::size_t place(const session_key& key) noexcept { return static_cast<std::size_t>(key.word(2)); }
    void hear(const public_id& user, std::uint64_t number) noexcept;

    session_table table_;
    const std::int64_t max_staleness_;
    const std::int64_t begun_ = boot_milliseconds();
    std::atomic<std::int64_t> confirmed_{never};
    std::atomic<std::uint64_t> generation_{1};  // goes up when everything is forgotten
    std::array<std::atomic<std::uint64_t>, 4096> heard_{};
    std::array<std::atomic<std::uint64_t>, 4096> births_{};
    std::array<unknown_key, 4096> unknown_;
};

}  // namespace latchkey
