// Everything a handler may use, as one immutable snapshot that all cores share.
//
// A reload makes a new one and hands it to every core (http_server::apply()); whoever is at work with the old one keeps
// it alive until done. What changes while the server runs is in server_state and outlives them all.
#pragma once

#include "admin_guard.hpp"
#include "device_cookie.hpp"
#include "pages.hpp"
#include "refused_urls.hpp"
#include "request_gate.hpp"
#include "revocation_page.hpp"
#include "safe_redirect.hpp"
#include "same_site_guard.hpp"
#include "session_cookie.hpp"
#include "trusted_proxies.hpp"

#include <latchkey/access_policy.hpp>
#include <latchkey/administrator.hpp>
#include <latchkey/audit.hpp>
#include <latchkey/authenticator.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/metrics.hpp>
#include <latchkey/readiness.hpp>
#include <latchkey/reload.hpp>
#include <latchkey/revocations.hpp>
#include <latchkey/session_authority.hpp>
#include <latchkey/token_authority.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace latchkey::http {

// The domain as http sees it; all outlive the server.
struct domain {
    session_authority& sessions;
    authenticator& logins;
    administrator& admins;
    reloader& reloads;
    readiness& ready;
    audit_sink& audit;
    logger& log;
    const clock& time;
    const metrics* shown = nullptr;                      // at /metrics, if anything is
    const revocations* revoked = nullptr;                // null: the token mode is off
    token_authority* tokens = nullptr;                   // null: the token mode is off
    const admin_guard* introspection_callers = nullptr;  // who may ask /token/introspect; null: nobody
};

struct server_state {
    std::atomic<bool> draining{false};
    refused_urls refused;
    revocation_page revoked;
    std::atomic<std::size_t> followers{0};  // of the revocation feed
};

struct services {
    // `access` is what options.access was compiled into. `page_files`: as load_page_set() gave them; null: they are
    // read now. Throws std::invalid_argument: the configuration's checks have refused bad values before.
    services(const config& options, std::shared_ptr<const access_policy> access, const domain& d, server_state& shared,
             page_set_ptr page_files = nullptr);

    domain core;
    server_state& state;
    limit_options limits;
    gate_options gate;
    session_cookie cookie;
    device_cookie device;
    safe_redirect redirect;
    same_site_guard same_site;
    trusted_proxies proxies;
    std::shared_ptr<const access_policy> policy;
    bool rules_ask_for_client;       // some rule looks at the client's address
    std::vector<bool> bearer_rules;  // of each rule: whether the upstream gets an access token
    bool says_authorization;         // a rule has that, or could: see append_bearer()
    pages html;
    std::string login_url;       // "https://auth.example.com/login"
    std::string token_metadata;  // RFC 8414; empty where the token mode is off
    std::string metadata_path;   // where it is to be found
    std::string token_issuer, token_audience;
    bool pure_tokens;  // access tokens are checked without the session store
};

}  // namespace latchkey::http
