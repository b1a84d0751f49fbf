#include "counting_audit.hpp"

#include <algorithm>

namespace latchkey {
namespace {

template <std::size_t N>
std::size_t index_of(std::string_view name, const std::array<std::string_view, N>& names) noexcept {
    return static_cast<std::size_t>(std::find(names.begin(), names.end() - 1, name) - names.begin());
}

std::string_view outcome_of(const audit_event& event) noexcept {
    constexpr std::string_view wrong[] = {"unknown_user", "wrong_password", "disabled", "no_password"};
    if (event.success)
        return "success";
    return std::find(std::begin(wrong), std::end(wrong), event.reason) != std::end(wrong) ? "invalid_credentials"
                                                                                          : event.reason;
}

}  // namespace

void counting_audit::record(const audit_event& event) noexcept {
    const auto type = index_of(event.type, types);
    const auto outcome = index_of(outcome_of(event), outcomes);
    counts_[type][outcome].fetch_add(1, std::memory_order_relaxed);
    next_.record(event);
}

}  // namespace latchkey
