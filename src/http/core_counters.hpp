// What one core counts of its requests and connections.
//
// Written by the core's own thread alone, on cache lines that no other core writes; summed when somebody asks (see
// http_server::stats()). What the check path pays is a few additions: one check in check_sample is timed, all others
// never ask a clock.
#pragma once

#include "route_group.hpp"
#include "tally.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latchkey::http {

enum class check_adapter : std::uint8_t { auth_request, forward_auth, ext_authz, oauth2 };
inline constexpr std::array<std::string_view, 4> check_adapter_names{"auth_request", "forward_auth", "ext_authz",
                                                                     "oauth2"};
// In the order of `verdict`, see authz.hpp.
inline constexpr std::array<std::string_view, 4> verdict_names{"pass", "login", "forbid", "failed"};

// Why a connection was turned away as soon as it was accepted.
enum class turning_away : std::uint8_t { total, client, descriptors };
inline constexpr std::array<std::string_view, 3> turning_away_names{"total", "client", "descriptors"};

inline constexpr std::array<std::string_view, 6> status_class_names{"other", "1xx", "2xx", "3xx", "4xx", "5xx"};

// Of problem.hpp's; whatever is missing here counts as the last.
inline constexpr std::array counted_codes = std::to_array<std::string_view>({"bad_request",
                                                                             "invalid_request",
                                                                             "password_too_long",
                                                                             "no_session",
                                                                             "invalid_credentials",
                                                                             "ambiguous_credentials",
                                                                             "caller_token_required",
                                                                             "admin_token_required",
                                                                             "forbidden",
                                                                             "cross_site_request",
                                                                             "not_found",
                                                                             "method_not_allowed",
                                                                             "request_timeout",
                                                                             "length_required",
                                                                             "already_exists",
                                                                             "body_too_large",
                                                                             "target_too_long",
                                                                             "unsupported_media_type",
                                                                             "expectation_failed",
                                                                             "weak_password",
                                                                             "invalid_configuration",
                                                                             "too_many_attempts",
                                                                             "header_too_large",
                                                                             "internal_error",
                                                                             "not_implemented",
                                                                             "overloaded",
                                                                             "session_limit",
                                                                             "store_unavailable",
                                                                             "token_too_large",
                                                                             "not_ready",
                                                                             "too_many_followers",
                                                                             "version_not_supported",
                                                                             "other"});

// Microseconds from a complete request to its answer; a check takes a few.
inline constexpr std::array<std::uint64_t, 12> check_bounds_us{5,   10,    25,    50,     100,     250,
                                                               500, 1'000, 2'500, 10'000, 100'000, 1'000'000};

class alignas(64) core_counters {
public:
    using moment = std::chrono::steady_clock::time_point;
    static constexpr std::uint32_t check_sample = 1024;

    // A request has found its route: when, or the epoch where that is not to be measured.
    moment begin(route_group group) noexcept {
        if (group == route_group::check && ++untimed_checks_ % check_sample != 0)
            return {};
        return std::chrono::steady_clock::now();
    }
    // It has its answer. Before that is sent, so that whoever has read it finds it counted.
    void finish(route_group group, unsigned status, moment begun) noexcept {
        responses_[to_index(group)][std::min<std::size_t>(status / 100, 5)].add();
        if (begun != moment{}) [[unlikely]]
            time(group, std::chrono::steady_clock::now() - begun);
    }
    void count_check(check_adapter adapter, std::size_t verdict) noexcept {
        checks_[static_cast<std::size_t>(adapter)][verdict].add();
    }
    void count_refusal(std::string_view code) noexcept {
        const auto at = std::find(counted_codes.begin(), counted_codes.end() - 1, code);
        refusals_[static_cast<std::size_t>(at - counted_codes.begin())].add();
    }
    void count_connection(bool admin) noexcept { accepted_[admin ? 1 : 0].add(); }
    void count_turned_away(bool admin, turning_away why) noexcept {
        turned_away_[admin ? 1 : 0][static_cast<std::size_t>(why)].add();
    }

    // Adds this core's numbers to `sum`, which is empty or another core's. From any thread.
    void add_to(http_stats& sum) const;

private:
    static constexpr std::size_t groups = route_group_names.size();
    static constexpr std::size_t to_index(route_group group) noexcept { return static_cast<std::size_t>(group); }
    void time(route_group group, std::chrono::nanoseconds took) noexcept;

    std::uint32_t untimed_checks_ = 0;
    std::array<std::array<tally, verdict_names.size()>, check_adapter_names.size()> checks_;
    std::array<std::array<tally, status_class_names.size()>, groups> responses_;
    std::array<tally, counted_codes.size()> refusals_;
    std::array<tally, 2> accepted_;
    std::array<std::array<tally, turning_away_names.size()>, 2> turned_away_;
    tally_by_class<check_bounds_us> check_times_;
    std::array<tally_by_class<waiting_bounds_us>, groups> times_;
};

}  // namespace latchkey::http
