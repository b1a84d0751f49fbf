// A session table in memory with as many live sessions as wanted. The keys are numbers mixed, so that 10^7 of them need
// no memory beside the table's, whose cost is what is measured.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/session_store.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace latchkey::bench {

// splitmix64, by whoever wants a number's place in a random order.
std::uint64_t mixed(std::uint64_t n) noexcept;
session_key key_number(std::uint64_t n) noexcept;

class filled_table {
public:
    static constexpr std::size_t sessions_each = 20;  // of a user
    static constexpr seconds short_life{30 * 60};     // of sessions that are not remembered; others live for decades

    // One at a time: the one before is given up when another size is wanted.
    static filled_table& with(std::size_t sessions);

    // `expiring`: further ones, that are not remembered, with the numbers behind the others'.
    explicit filled_table(std::size_t sessions, std::size_t expiring = 0);

    session_store& store() noexcept { return *store_; }
    manual_clock& time() noexcept { return time_; }
    std::size_t sessions() const noexcept { return sessions_; }
    // Session number `n`, of a user chosen by it.
    task<void> insert(std::uint64_t n, bool remembered);

private:
    std::size_t sessions_;
    manual_clock time_;
    std::unique_ptr<session_store> store_;
    std::vector<profile_ptr> users_;
};

}  // namespace latchkey::bench
