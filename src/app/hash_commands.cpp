#include "hash_commands.hpp"

#include "calibrate.hpp"
#include "quantity.hpp"
#include "wording.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <iomanip>
#include <ostream>

namespace latchkey {
namespace {

using json_value = nlohmann::ordered_json;

constexpr milliseconds shortest_target{10};
constexpr milliseconds longest_target{10'000};

double in_milliseconds(const measured_parameters& m) {
    return std::round(static_cast<double>(m.duration.count()) / 1e5) / 10.0;
}

json_value to_json(const measured_parameters& m) {
    return {{"memory", format_size(m.parameters.memory)},
            {"iterations", m.parameters.iterations},
            {"milliseconds", in_milliseconds(m)},
            {"hashes_per_second", std::round(m.hashes_per_second() * 10.0) / 10.0}};
}

void print_table(const console& io, const calibration& found, const std::string& target) {
    io.out << "One hash on one core; a login costs its user this long, and an attacker as much for each guess.\n\n"
           << "memory    iterations  milliseconds  logins per second and core\n"
           << std::fixed << std::setprecision(1);
    for (const auto& m : found.measured) {
        const bool best = m.parameters == found.recommended.parameters;
        io.out << std::left << std::setw(10) << format_size(m.parameters.memory) << std::setw(12)
               << m.parameters.iterations << std::setw(14) << in_milliseconds(m) << m.hashes_per_second()
               << (best ? "  <- recommended" : "") << '\n';
    }
    io.out << "\nFor hashes of up to " << target << ", in latchkey.toml:\n\n[password]\nmemory = \""
           << format_size(found.recommended.parameters.memory)
           << "\"\niterations = " << found.recommended.parameters.iterations << '\n';
}

}  // namespace

int calibrate_hash(const console& io, const std::string& target, bool json) {
    const auto limit = parse_duration(target);
    if (!limit)
        return complain(io, json,
                        {exit_usage, "usage", "--target: " + in_quotes(target) + ' ' + limit.error().reason + '.'});
    if (*limit < shortest_target || *limit > longest_target)
        return complain(io, json, {exit_usage, "usage", "--target must be between 10ms and 10s."});
    const auto found = calibrate(*limit);
    if (!json) {
        print_table(io, found, target);
        return exit_done;
    }
    auto measured = json_value::array();
    for (const auto& m : found.measured)
        measured.push_back(to_json(m));
    io.out << json_value{{"recommended", to_json(found.recommended)}, {"measured", std::move(measured)}}.dump() << '\n';
    return exit_done;
}

}  // namespace latchkey
