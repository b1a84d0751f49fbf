#include "doctor_command.hpp"

#include "doctor_diagnosis.hpp"
#include "doctor_redis.hpp"
#include "doctor_setup.hpp"
#include "doctor_visit.hpp"
#include "make_access_policy.hpp"
#include "target_host.hpp"
#include "target_path.hpp"
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

// What the access rules say of a visitor without a session, wherever that comes from.
access_outcome outcome_for_anybody(const config& options, const http::web_url& page) {
    std::string host_text, path_text;
    const auto target = page.path_and_query();
    const std::string path(target.substr(0, target.find('?')));
    const auto host = canonical_host(page.host(), host_text);
    const auto paths = target_path::parse(path.empty() ? std::string_view("/") : path, path_text);
    if (!host || !paths)
        return access_outcome::forbid;
    const auto policy = make_access_policy(options.access);
    return policy->decide({*host, paths->readings(), "GET", {}, nullptr}).outcome;
}

void note_denial(access_outcome outcome, findings& found) {
    if (outcome == access_outcome::forbid)
        found.push_back({severity::warning, "denied_by_rule", "The access rules refuse this page to everybody.",
                         "`latchkey access explain --anonymous --url URL` tells which one does, and why."});
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
    const auto outcome = outcome_for_anybody(loaded.values, *page);
    note_denial(outcome, found);
    try {
        const std::int64_t now = std::time(nullptr);
        append(found, check_redis(loaded.values));
        append(found, check_server(loaded.values, *make_web_probe({}), now));
        const auto probe = make_web_probe({request.ca_file, request.connect_to});
        const auto before = ask_diagnosis(loaded.values);
        append(found, check_visit(loaded.values, *page, outcome == access_outcome::allow, *probe, now));
        append(found, explain_refusal(before, ask_diagnosis(loaded.values)));
    } catch (const std::runtime_error& e) {
        return complain(io, request.json, {exit_unavailable, "probe_failed", std::string(e.what()) + '.'});
    }
    return print_findings(io, request.json, request.url, found);
}

}  // namespace latchkey
