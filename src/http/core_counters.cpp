#include "core_counters.hpp"

namespace latchkey::http {
namespace {

constexpr double microsecond = 1e-6;

http_stats empty_stats() {
    http_stats out;
    for (const auto adapter : check_adapter_names)
        for (const auto outcome : verdict_names)
            out.checks.push_back({adapter, outcome});
    for (const auto group : route_group_names) {
        for (std::size_t i = 2; i < status_class_names.size(); ++i)  // none is ever below 200
            out.responses.push_back({group, status_class_names[i]});
        // What had no route was not timed, and checks are told apart from the rest.
        if (group != "none" && group != "check")
            out.durations.push_back({group, {}});
    }
    for (const auto code : counted_codes)
        out.refusals.push_back({code});
    for (const std::string_view name : {"public", "admin"}) {
        http_stats::site site;
        site.name = name;
        for (const auto reason : turning_away_names)
            site.refused.push_back({reason});
        out.sites.push_back(std::move(site));
    }
    return out;
}

}  // namespace

void core_counters::time(route_group group, std::chrono::nanoseconds took) noexcept {
    const auto us = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::microseconds>(took).count());
    if (group == route_group::check)
        check_times_.add(us);
    else
        times_[to_index(group)].add(us);
}

// In the order in which empty_stats() has laid it out.
void core_counters::add_to(http_stats& sum) const {
    if (sum.checks.empty())
        sum = empty_stats();
    std::size_t at = 0;
    for (const auto& adapter : checks_)
        for (const auto& outcome : adapter)
            sum.checks[at++].count += outcome.value();
    at = 0;
    for (const auto& group : responses_)
        for (std::size_t i = 2; i < group.size(); ++i)
            sum.responses[at++].count += group[i].value();
    for (std::size_t i = 0; i < refusals_.size(); ++i)
        sum.refusals[i].count += refusals_[i].value();
    constexpr std::size_t first_timed = to_index(route_group::login);
    for (std::size_t i = first_timed; i < groups; ++i)
        times_[i].add_to(sum.durations[i - first_timed].seconds, microsecond);
    check_times_.add_to(sum.check_seconds, microsecond);
    for (std::size_t site = 0; site < sum.sites.size(); ++site) {
        sum.sites[site].accepted += accepted_[site].value();
        for (std::size_t i = 0; i < turning_away_names.size(); ++i)
            sum.sites[site].refused[i].count += turned_away_[site][i].value();
    }
}

}  // namespace latchkey::http
