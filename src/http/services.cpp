#include "services.hpp"

#include "token_metadata.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace latchkey::http {

namespace {

page_settings settings_of(const config& options, const safe_redirect& redirect) {
    return {redirect.form_action_sources(), redirect.own_origin(), options.password.min_length};
}

std::vector<bool> bearer_flags(const std::vector<access_rule>& rules) {
    std::vector<bool> out;
    for (const access_rule& rule : rules)
        out.push_back(rule.bearer);
    return out;
}

page_set_ptr or_read(page_set_ptr files, const std::string& directory) {
    if (files)
        return files;
    auto loaded = load_page_set(directory);
    if (!loaded.set)
        throw std::invalid_argument(loaded.faults.front());
    return std::move(loaded.set);
}

}  // namespace

services::services(const config& options, std::shared_ptr<const access_policy> access, const domain& d,
                   server_state& shared, page_set_ptr page_files)
    : core(d),
      state(shared),
      limits(options.limits),
      gate{options.limits, options.cookie_name()},
      cookie(options.cookie, gate.cookie_name),
      device(options),
      redirect(options.server.public_url, options.redirect),
      same_site(redirect.own_origin(), options.server.allowed_origins),
      proxies(options.server.trusted_proxies),
      policy(std::move(access)),
      rules_ask_for_client(std::any_of(options.access.rules.begin(), options.access.rules.end(),
                                       [](const access_rule& rule) { return !rule.networks.empty(); })),
      bearer_rules(bearer_flags(options.access.rules)),
      says_authorization(d.tokens != nullptr ||
                         std::find(bearer_rules.begin(), bearer_rules.end(), true) != bearer_rules.end()),
      html(settings_of(options, redirect), or_read(std::move(page_files), options.pages.directory)),
      login_url(redirect.own_origin() + "/login"),
      token_metadata(d.tokens ? token_metadata_json(options, redirect.own_origin(), d.introspection_callers != nullptr)
                              : std::string()),
      metadata_path(token_metadata_path(options.token_issuer())),
      token_issuer(options.token_issuer()),
      token_audience(options.token_audience()),
      pure_tokens(!options.tokens.check_revocation) {
}

}  // namespace latchkey::http
