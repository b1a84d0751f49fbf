#include "doctor_report.hpp"

#include "wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace latchkey {
namespace {

std::string_view name_of(severity weight) {
    switch (weight) {
        case severity::good:
            return "ok";
        case severity::note:
            return "note";
        case severity::warning:
            return "warning";
        default:
            return "fault";
    }
}

std::size_t count_of(const findings& found, severity weight) {
    return static_cast<std::size_t>(
        std::count_if(found.begin(), found.end(), [&](const finding& f) { return f.weight == weight; }));
}

std::string counted(std::size_t n, const std::string& noun) {
    return (n == 0 ? "no" : std::to_string(n)) + ' ' + noun + (n == 1 ? "" : "s");
}

void print_as_text(const console& io, const std::string& url, const findings& found) {
    constexpr std::size_t column = 9;
    io.out << url << "\n\n";
    for (const auto& f : found) {
        std::string name(name_of(f.weight));
        name.resize(column, ' ');
        io.out << name << one_line(f.what) << '\n';
        if (!f.remedy.empty())
            io.out << std::string(column, ' ') << one_line(f.remedy) << '\n';
    }
    io.out << '\n'
           << counted(count_of(found, severity::fault), "fault") << ", "
           << counted(count_of(found, severity::warning), "warning") << ".\n";
}

void print_as_json(const console& io, const std::string& url, const findings& found) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& f : found)
        list.push_back({{"severity", name_of(f.weight)}, {"code", f.code}, {"what", f.what}, {"remedy", f.remedy}});
    const nlohmann::ordered_json answer{{"url", url}, {"findings", std::move(list)}};
    io.out << answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace

int print_findings(const console& io, bool json, const std::string& url, const findings& found) {
    if (json)
        print_as_json(io, url, found);
    else
        print_as_text(io, url, found);
    return count_of(found, severity::fault) == 0 ? exit_done : exit_refused;
}

}  // namespace latchkey
