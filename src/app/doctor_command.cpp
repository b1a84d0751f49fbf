#include "doctor_command.hpp"

#include "doctor_setup.hpp"
#include "doctor_visit.hpp"
#include "wording.hpp"

#include <ctime>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

void append(findings& all, findings more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

int examine_setup(const console& io, const doctor_request& request) {
    const auto page = http::web_url::parse(request.url);
    if (!page)
        return complain(io, request.json,
                        {exit_usage, "usage", in_quotes(request.url) + " is not the http or https address of a page."});
    const auto loaded = load_for_command(io, request.config_file, request.json);
    if (!loaded.faults.empty())
        return exit_usage;

    findings found;
    for (const auto& warning : loaded.warnings)
        found.push_back({severity::note, "configuration_warning", warning, ""});
    append(found, check_setup(loaded.values, *page));
    try {
        const std::int64_t now = std::time(nullptr);
        append(found, check_server(loaded.values, *make_web_probe({}), now));
        const auto probe = make_web_probe({request.ca_file, request.connect_to});
        append(found, check_visit(loaded.values, *page, false, *probe, now));
    } catch (const std::runtime_error& e) {
        return complain(io, request.json, {exit_unavailable, "probe_failed", std::string(e.what()) + '.'});
    }
    return print_findings(io, request.json, request.url, found);
}

}  // namespace latchkey
