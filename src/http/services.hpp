// Everything a handler may use, wired once at start and immutable from then on; shared by all cores.
#pragma once

#include "pages.hpp"
#include "request_gate.hpp"
#include "safe_redirect.hpp"
#include "same_site_guard.hpp"
#include "session_cookie.hpp"
#include "trusted_proxies.hpp"

#include <latchkey/audit.hpp>
#include <latchkey/authenticator.hpp>
#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>
#include <latchkey/readiness.hpp>
#include <latchkey/session_authority.hpp>

#include <atomic>
#include <string>

namespace latchkey::http {

// The domain as http sees it; all outlive the server.
struct domain {
    session_authority& sessions;
    authenticator& logins;
    readiness& ready;
    audit_sink& audit;
    logger& log;
    const clock& time;
};

struct services {
    services(const config& options, const domain& d);

    domain core;
    limit_options limits;
    gate_options gate;
    session_cookie cookie;
    safe_redirect redirect;
    same_site_guard same_site;
    trusted_proxies proxies;
    pages html;
    std::string login_url;  // "https://auth.example.com/login"
    std::atomic<bool> draining{false};
    std::atomic<std::size_t> connections{0};
};

}  // namespace latchkey::http
