#include "services.hpp"

#include <algorithm>
#include <utility>

namespace latchkey::http {

services::services(const config& options, std::shared_ptr<const access_policy> access, const domain& d,
                   const server_state& shared)
    : core(d),
      state(shared),
      limits(options.limits),
      gate{options.limits, options.cookie_name()},
      cookie(options.cookie, gate.cookie_name),
      redirect(options.server.public_url, options.redirect),
      same_site(redirect.own_origin(), options.server.allowed_origins),
      proxies(options.server.trusted_proxies),
      policy(std::move(access)),
      rules_ask_for_client(std::any_of(options.access.rules.begin(), options.access.rules.end(),
                                       [](const access_rule& rule) { return !rule.networks.empty(); })),
      html(redirect.form_action_sources()),
      login_url(redirect.own_origin() + "/login") {
}

}  // namespace latchkey::http
