#include "access_commands.hpp"

#include "access_output.hpp"
#include "access_rule_faults.hpp"
#include "open_desk.hpp"
#include "target_host.hpp"
#include "target_path.hpp"
#include "trusted_proxies.hpp"
#include "typed_values.hpp"
#include "web_url.hpp"
#include "wording.hpp"

namespace latchkey {
namespace {

failure usage(std::string title) {
    return {exit_usage, "usage", std::move(title)};
}

// What was typed, as a proxy would ask it.
attempt<explained_request> read_request(const explain_request& typed) {
    explained_request out;
    if (typed.anonymous == !typed.email.empty())
        return usage("Say who asks: either --user or --anonymous.");
    const auto url = http::web_url::parse(typed.url);
    if (!url)
        return usage(in_quotes(typed.url) +
                     " is not a URL as proxies hand it on: write it whole, beginning with http:// or https://, and "
                     "without a #fragment, which browsers keep to themselves.");
    if (const auto fault = rule_method_fault(typed.method); !fault.empty())
        return usage(in_quotes(typed.method) + ' ' + fault + '.');
    if (!typed.ip.empty() && !http::parse_address(typed.ip, out.client))
        return usage(in_quotes(typed.ip) + " is not an IP address.");
    out.url = typed.url;
    out.method = typed.method;
    out.host = url->host();
    const auto path_and_query = url->path_and_query();
    out.path = path_and_query.starts_with('/') ? path_and_query.substr(0, path_and_query.find('?')) : "/";
    return out;
}

// Fills in `asked.why` where the rules are asked at all.
void judge(const access_options& options, const user_profile* who, explained_request& asked) {
    std::string host_scratch, path_scratch;
    const auto host = canonical_host(asked.host, host_scratch);
    const auto path = target_path::parse(asked.path, path_scratch);
    if (!host || !path)
        return;
    asked.why = explain_access(options, {*host, path->readings(), asked.method, asked.client, who});
    asked.host = *host;
}

bool passes(const explained_request& asked) {
    return asked.why && asked.why->readings[asked.why->decisive].decision.outcome == access_outcome::allow;
}

}  // namespace

int explain_access_command(const console& io, const explain_request& request) {
    auto asked = read_request(request);
    if (!asked)
        return complain(io, request.json, asked.error());
    const auto loaded = load_for_command(io, request.config_file, request.json);
    if (!loaded.faults.empty())
        return exit_usage;

    if (request.anonymous) {
        judge(loaded.values.access, nullptr, *asked);
        print_explanation(io, request.json, loaded, *asked);
        return passes(*asked) ? exit_done : exit_refused;
    }
    const auto email = read_email(request.email);
    if (!email)
        return complain(io, request.json, email.error());
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        const auto found = desk.find(*email);
        if (!found)
            return found.error();
        asked->who = *found;
        // A disabled user has no session, and asks as anybody does.
        const auto profile = found->disabled ? nullptr : make_profile(*found, false);
        judge(loaded.values.access, profile.get(), *asked);
        print_explanation(io, request.json, loaded, *asked);
        return {};
    };
    const int exit = at_account_desk(io, request.config_file, request.json, desk_access::read, work);
    return exit != exit_done || passes(*asked) ? exit : exit_refused;
}

}  // namespace latchkey
