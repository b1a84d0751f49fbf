// An audit sink that counts what passes through it, for the metrics: how many events of which type with which outcome.
//
// Wrong passwords, unknown, disabled and password-less users count as one. Whoever may read the metrics must not learn
// from the difference which accounts there are (requirement L1).
#pragma once

#include <latchkey/audit.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latchkey {

class counting_audit final : public audit_sink {
public:
    // Of audit_event::type; the last stands for all others.
    static constexpr auto types = std::to_array<std::string_view>(
        {"login", "logout", "reauthentication", "password_change", "session_revoked", "sessions_revoked",
         "token_revoked", "token_replayed", "user_added", "user_changed", "user_deleted", "throttle_cleared",
         "admin_token_refused", "server_started", "server_stopped", "configuration_reload", "other"});
    // First those of logins, which are told from the start, for rate().
    static constexpr std::size_t login_outcomes = 9;
    static constexpr auto outcomes = std::to_array<std::string_view>(
        {"success", "invalid_credentials", "throttled", "overloaded", "session_limit", "store_unavailable",
         "changed_meanwhile", "password_too_long", "internal_error", "no_session", "weak_password", "unfinished",
         "no_token", "wrong_token", "token_too_large", "faults", "second_signal", "other"});

    // `next` must outlive it.
    explicit counting_audit(audit_sink& next) noexcept : next_(next) {}

    void record(const audit_event& event) noexcept override;

    // Both as indexes into the lists above.
    std::uint64_t count(std::size_t type, std::size_t outcome) const noexcept {
        return counts_[type][outcome].load(std::memory_order_relaxed);
    }

private:
    audit_sink& next_;
    std::array<std::array<std::atomic<std::uint64_t>, outcomes.size()>, types.size()> counts_{};
};

}  // namespace latchkey
