#include "throttle_budget.hpp"

#include <algorithm>
#include <bit>

namespace latchkey {
namespace {

constexpr std::int64_t longest_in_windows = 4;

seconds first_wait(const throttle_budget& budget) noexcept {
    return std::max(seconds{1}, budget.window / std::max(1U, budget.failures));
}

seconds longest_wait(const throttle_budget& budget) noexcept {
    return std::max(seconds{1}, budget.window * longest_in_windows);
}

// From here on each failure closes the key for the longest time.
std::uint32_t most_failures(const throttle_budget& budget) noexcept {
    const auto doublings = std::bit_width(static_cast<std::uint64_t>(longest_wait(budget) / first_wait(budget)));
    return budget.failures + static_cast<std::uint32_t>(doublings) + 1;
}

}  // namespace

seconds closed_for(std::uint32_t failures, const throttle_budget& budget) noexcept {
    if (failures < budget.failures)
        return seconds{0};
    const std::uint32_t beyond = std::min(failures, most_failures(budget)) - budget.failures;
    return std::min(first_wait(budget) * (std::int64_t{1} << beyond), longest_wait(budget));
}

time_point open_at(const held& h, const throttle_budget& budget) noexcept {
    return h.last + closed_for(h.failures, budget);
}

std::uint32_t failures_at(const held& h, const throttle_budget& budget, time_point now) noexcept {
    const seconds quiet = now - open_at(h, budget);
    const auto windows = quiet / std::max(seconds{1}, budget.window);
    if (windows <= 0)
        return h.failures;
    return windows >= 32 ? 0 : h.failures >> windows;
}

held plausible(const held& h, const throttle_budget& budget, time_point now) noexcept {
    return {std::min(h.failures, most_failures(budget)), std::min(h.last, now)};
}

held with_failure(const held& h, const throttle_budget& budget, time_point now) noexcept {
    return {std::min(failures_at(h, budget, now) + 1, most_failures(budget)), now};
}

seconds longest_memory(const throttle_budget& budget) noexcept {
    const auto halvings = static_cast<std::int64_t>(std::bit_width(most_failures(budget)));
    return longest_wait(budget) + std::max(seconds{1}, budget.window) * halvings;
}

}  // namespace latchkey
