// The throttle: how often somebody may try a password.
//
// Attempts are counted under (client prefix, account), under the client prefix and under the account, where accounts
// that do not exist count like all others. Each key has a budget of N failures in a window: N failures pass, and then
// each further one must wait longer than the one before, which ends no later than a few windows on; quiet time halves
// what is held against a key (requirements L4 to L8). A device that has logged in to this account before is decided by
// a budget of its own, so that nobody else can shut it out; its failures count under the other keys all the same.
//
// The decision and the count are one step, before the password is judged; whoever turns out to be right gets it back.
// Refused attempts count nowhere: they prolong nobody's wait. Memory is bounded. State survives a restart: in the
// database, see throttle_store.hpp, or in the Redis that several servers share. All members may be called from every
// thread; none blocks on anything but a short critical section.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/client_prefix.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

// Names a browser that somebody has logged in with, see device_token in src/auth.
struct device_id {
    std::array<std::uint8_t, 16> bytes{};
    friend bool operator==(const device_id&, const device_id&) = default;
};

enum class throttle_kind : std::uint8_t { pair = 1, client = 2, account = 3, device = 4 };

// A key as the table knows it: a keyed hash. Nobody outside can choose two that collide.
struct throttle_key {
    std::array<std::uint8_t, 16> bytes{};
    friend bool operator==(const throttle_key&, const throttle_key&) = default;
};

struct throttle_attempt {
    client_prefix client;
    std::string_view account;         // canonical email; or what was typed, where that is none
    std::optional<device_id> device;  // that has logged in to this very account before
};

// What an attempt was counted as. Doing nothing with it leaves a failure.
struct throttle_ticket {
    struct counted {
        throttle_key key;
        throttle_kind kind{};
        std::uint32_t failures_before = 0;
        time_point last_before;
        time_point at;
    };
    std::array<counted, 4> keys{};
    std::size_t count = 0;
};

// What is held against one key.
struct throttle_entry {
    throttle_kind kind{};
    std::string id;                       // 32 hex digits: names it for clear()
    std::optional<client_prefix> client;  // pair and client
    std::string account;                  // pair, account and device: "" where it isn't kept (never failed enough)
    std::uint32_t failures = 0;           // as of now, forgetting included
    time_point last_failure;
    time_point open_at;  // attempts are refused until then; in the past: they are not
};

// Which entries: all that are given must fit. None given: all.
struct throttle_filter {
    std::string_view id;
    std::string_view account;
    std::optional<client_prefix> client;
};

struct throttle_stats {
    std::size_t slots = 0;  // what there is room for
    std::size_t used = 0;   // what holds something, forgotten or not; in Redis: when it was last asked
    std::size_t bytes = 0;  // of this server's memory, fixed at start
    std::uint64_t admitted = 0;
    std::array<std::uint64_t, 5> refused{};  // by the throttle_kind that decided, as index
    std::uint64_t evicted = 0;               // before they were forgotten
};

class throttle {
public:
    virtual ~throttle() = default;

    // May this be tried now? Counts it as a failure under all its keys, or under none and says throttled_for(how long).
    // errc::store_unavailable: nobody knows; it must not be tried. What `attempt` refers to lives until the end.
    virtual task<result<throttle_ticket>> admit(throttle_attempt attempt) = 0;

    // The password was right: takes the attempt back everywhere, and forgets what was held against the pair and device.
    // Done or under way when it returns; where it can't be done, the failure stays counted.
    virtual void succeeded(const throttle_ticket& ticket) noexcept = 0;

    // No password was judged, by no fault of the client's: as if there had been no attempt. Likewise.
    virtual void forgive(const throttle_ticket& ticket) noexcept = 0;

    // How long this client is refused whatever it tries, as long as it has no known device; zero: it isn't, as far as
    // is known here. Counts nothing: a cheap look before any work is done for the request.
    virtual seconds client_wait(const client_prefix& client) const noexcept = 0;

    // Up to `limit` entries with at least one failure, the longest wait first. errc::store_unavailable; throws
    // std::bad_alloc. What `filter` refers to lives until the end, here and below.
    virtual task<result<std::vector<throttle_entry>>> list(throttle_filter filter, std::size_t limit) = 0;
    // Forgets them; how many there were. errc::store_unavailable: of some it may be done.
    virtual task<result<std::size_t>> clear(throttle_filter filter) = 0;

    virtual throttle_stats stats() const noexcept = 0;
    // New budgets, for attempts from now on. `memory` stays as it was.
    virtual void configure(const throttle_options& options) noexcept = 0;
};

}  // namespace latchkey
