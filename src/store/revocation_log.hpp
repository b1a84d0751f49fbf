// The list of revocations in this process's memory, as the session store fills it.
//
// Two mutexes, taken in this order and never with another lock held: the listeners', which is held while they are
// called, so that unsubscribe() waits for them; the list's, which they may take.
#pragma once

#include "mutex.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/revocations.hpp>

#include <boost/unordered/unordered_flat_set.hpp>

#include <atomic>
#include <cstddef>
#include <cstring>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace latchkey {

class revocation_log final : public revocations {
public:
    static constexpr std::size_t most = 65'536;

    // Beyond the life of a token: an end may wait some seconds for its commit while tokens are still issued, and the
    // clocks of services differ.
    static constexpr seconds margin{60};

    // Keeps each for as long as an access token of its session may live, and the margin. `now` must outlive *this.
    revocation_log(const clock& now, seconds access_lifetime);

    seconds keep() const noexcept { return keep_; }

    // These ended at `at`. Those that stand here already are passed over. Without memory for one it counts as one of
    // the oldest that went: readers are told. Returns when every listener was.
    void add(std::span<const public_id> sessions, time_point at) noexcept;
    // Gives the memory of those back that no reader will see any more.
    void forget_expired() noexcept;

    std::uint64_t version() const noexcept override { return version_.load(std::memory_order_acquire); }
    revocation_list snapshot() const override { return since(0); }
    revocation_list since(std::uint64_t position, std::size_t limit = SIZE_MAX) const override;
    std::uint64_t subscribe(std::function<void()> added) override;
    void unsubscribe(std::uint64_t subscription) noexcept override;

private:
    struct id_hash {
        std::size_t operator()(const public_id& id) const noexcept {
            std::size_t word;
            std::memcpy(&word, id.bytes.data(), sizeof word);
            return word;
        }
    };

    bool enter(std::span<const public_id> sessions, time_point until) noexcept;
    void drop(const revocation& lost) noexcept LATCHKEY_REQUIRES(mutex_);
    void prune(time_point now) noexcept LATCHKEY_REQUIRES(mutex_);

    const clock& clock_;
    const seconds keep_;
    const std::uint64_t first_;  // the version before anything was added
    std::atomic<std::uint64_t> version_;

    mutable mutex mutex_;
    std::deque<revocation> entries_ LATCHKEY_GUARDED_BY(mutex_);
    boost::unordered_flat_set<public_id, id_hash> listed_ LATCHKEY_GUARDED_BY(mutex_);  // of the entries
    std::uint64_t dropped_ LATCHKEY_GUARDED_BY(mutex_) = 0;                             // the newest that is missing
    time_point dropped_until_ LATCHKEY_GUARDED_BY(mutex_){};  // from then on none that is missing is alive

    mutex listeners_mutex_;
    std::vector<std::pair<std::uint64_t, std::function<void()>>> listeners_ LATCHKEY_GUARDED_BY(listeners_mutex_);
    std::uint64_t subscriptions_ LATCHKEY_GUARDED_BY(listeners_mutex_) = 0;
};

}  // namespace latchkey
