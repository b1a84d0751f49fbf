#include "doctor_setup.hpp"

#include "host_name.hpp"
#include "public_suffix.hpp"
#include "safe_redirect.hpp"
#include "wording.hpp"

#include <algorithm>

namespace latchkey {
namespace {

std::string lower_host(const http::web_url& url) {
    // origin() is the canonical spelling: scheme and host in lower case.
    const std::string origin = url.origin();
    const auto begin = origin.find("://") + 3;
    return origin.substr(begin, url.host().size());
}

bool is_below(const std::string& host, const std::string& domain) {
    return host == domain ||
           (host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

// The longest domain that both names are below; empty when there is none.
std::string shared_domain(const std::string& a, const std::string& b) {
    for (std::size_t at = 0; at != std::string::npos; at = a.find('.', at)) {
        at += at == 0 ? 0 : 1;
        const std::string domain = a.substr(at);
        if (is_below(b, domain))
            return domain;
    }
    return {};
}

void check_scheme(const config& options, const http::web_url& own, const http::web_url& page, findings& out) {
    const std::string own_host = lower_host(own);
    if (page.is_https() && !own.is_https())
        out.push_back({severity::fault, "public_url_is_plain",
                       "People come by https, but server.public_url is " + in_quotes(options.server.public_url) + '.',
                       "Set server.public_url to the https address that browsers show."});
    else if (!page.is_https() && own.is_https())
        out.push_back(
            {severity::fault, "page_is_plain",
             "The page is plain http: its cookie would travel unprotected, so after signing in nobody is sent "
             "back to it.",
             "Have the proxy redirect http to https."});
    if (!own.is_https() && options.cookie.secure && !is_loopback(own_host))
        out.push_back({severity::fault, "secure_cookie_on_plain_http",
                       "Browsers do not keep a Secure cookie from a plain http address: nobody will stay signed in.",
                       "Serve https; for development alone there is cookie.secure = false."});
    if (own.is_https() && !options.cookie.secure)
        out.push_back({severity::warning, "cookie_not_secure",
                       "The session cookie would travel over plain http too, although https is there.",
                       "Remove cookie.secure = false."});
}

void check_cookie(const config& options, const http::web_url& own, const http::web_url& page, findings& out) {
    const std::string here = lower_host(page), there = lower_host(own), &domain = options.cookie.domain;
    if (!domain.empty() && is_public_suffix(domain)) {
        out.push_back(
            {severity::fault, "cookie_domain_is_public_suffix",
             "Strangers can register names below " + in_quotes(domain) + ", so browsers refuse a cookie for all of it.",
             "Use a domain of your own as cookie.domain."});
        return;
    }
    if (domain.empty() ? here == there : is_below(here, domain))
        return;
    const std::string shared = shared_domain(here, there);
    const bool can_share = !shared.empty() && !is_public_suffix(shared);
    out.push_back(
        {severity::fault, "cookie_does_not_reach",
         "The cookie that people get at " + in_quotes(there) + " is never sent to " + in_quotes(here) + '.',
         can_share ? "Set cookie.domain = " + in_quotes(shared) + ", or serve both under one host name."
                   : "The two have no domain in common that a cookie could be for: serve both under one host name."});
}

void check_way_back(const config& options, const http::web_url& page, findings& out) {
    const http::safe_redirect redirect(options.server.public_url, options.redirect);
    if (redirect.check(page.text()))
        return;
    if (!page.is_https() && redirect.own_origin().starts_with("https:"))
        return;  // said before
    out.push_back(
        {severity::fault, "no_way_back",
         "After signing in, people are not sent back to " + in_quotes(page.text()) +
             " but to the account page: its host is not in redirect.allowed_hosts.",
         "Add " + in_quotes(page.origin().substr(page.origin().find("://") + 3)) + " to redirect.allowed_hosts."});
}

void check_trust(const config& options, findings& out) {
    const auto& listen = options.server.listen;
    const bool reachable = std::any_of(listen.begin(), listen.end(), [](const std::string& entry) {
        const auto where = parse_host_and_port(entry);
        return !entry.starts_with("unix:") && where && !is_loopback(where->host);
    });
    const auto& proxies = options.server.trusted_proxies;
    const bool only_local = std::all_of(proxies.begin(), proxies.end(), [](const std::string& entry) {
        return entry.starts_with("127.") || entry == "::1/128" || entry == "unix:";
    });
    if (reachable && only_local)
        out.push_back({severity::warning, "only_local_proxies_trusted",
                       "The server listens to the network, but believes only proxies on this machine.",
                       "Add the address of the proxy to server.trusted_proxies, or listen on loopback."});
}

}  // namespace

findings check_setup(const config& options, const http::web_url& page) {
    findings out;
    const auto own = http::web_url::parse(options.server.public_url);
    if (!own)
        return out;  // a fault of the configuration, and told as one
    check_scheme(options, *own, page, out);
    check_cookie(options, *own, page, out);
    check_way_back(options, page, out);
    check_trust(options, out);
    return out;
}

}  // namespace latchkey
