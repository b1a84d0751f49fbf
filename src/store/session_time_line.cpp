#include "session_time_line.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace latchkey {
namespace {

// Half of what a session row may hold: a displacement of one stays within it.
constexpr long long far_off = 1LL << 39;

bool plausible(long long seconds_since_1970) noexcept {
    return seconds_since_1970 > -far_off && seconds_since_1970 < far_off;
}

std::int64_t limit_of(seconds timeout) noexcept {
    return std::clamp<std::int64_t>(timeout.count(), 0, far_off);
}

}  // namespace

idle_limits idle_limits_of(const session_options& options) noexcept {
    return {limit_of(options.idle_timeout), limit_of(options.remembered_idle_timeout)};
}

idle_limits stricter(const idle_limits& a, const idle_limits& b) noexcept {
    return {std::min(a.ordinary, b.ordinary), std::min(a.remembered, b.remembered)};
}

std::optional<stored_time_line> read_time_line(soci::session& sql) {
    std::string boot;
    long long origin = 0;
    long long last_second = 0;
    long long ordinary = 0;
    long long remembered = 0;
    sql << "SELECT boot, origin, last_second, idle_timeout, remembered_idle_timeout FROM session_time_line",
        soci::into(boot), soci::into(origin), soci::into(last_second), soci::into(ordinary), soci::into(remembered);
    if (!sql.got_data() || !plausible(origin) || !plausible(last_second) || ordinary < 0 || remembered < 0)
        return std::nullopt;
    return stored_time_line{{boot, origin}, last_second, {ordinary, remembered}};
}

void write_time_line(soci::session& sql, const stored_time_line& state) {
    const long long origin = state.line.origin;
    const long long last_second = state.last_second;
    const long long ordinary = state.limits.ordinary;
    const long long remembered = state.limits.remembered;
    sql << "DELETE FROM session_time_line";
    sql << "INSERT INTO session_time_line (boot, origin, last_second, idle_timeout, remembered_idle_timeout)"
           " VALUES (:boot, :origin, :last_second, :ordinary, :remembered)",
        soci::use(state.line.boot, "boot"), soci::use(origin, "origin"), soci::use(last_second, "last_second"),
        soci::use(ordinary, "ordinary"), soci::use(remembered, "remembered");
}

std::int64_t displacement(const stored_time_line& stored, const time_line& current, time_point now) noexcept {
    const std::int64_t present = now.time_since_epoch().count();
    std::int64_t by = 0;
    if (!stored.line.boot.empty() && stored.line.boot == current.boot)
        by = current.origin - stored.line.origin;
    else if (present < stored.last_second)
        by = present - stored.last_second;
    return std::abs(by) > 2 ? by : 0;
}

}  // namespace latchkey
