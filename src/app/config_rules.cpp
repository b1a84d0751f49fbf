#include "config_rules.hpp"

#include "database_rules.hpp"
#include "host_name.hpp"
#include "page_set.hpp"
#include "quantity.hpp"
#include "redis_rules.hpp"
#include "signing_key.hpp"
#include "token_claims.hpp"
#include "wording.hpp"

#include <algorithm>

namespace latchkey {
namespace {

using enum config_rule::weight;

constexpr std::size_t recommended_memory = 19 * 1024 * 1024;  // OWASP's floor for argon2id, together with t = 2
constexpr unsigned recommended_iterations = 2;

std::string longer(std::string_view name, seconds value, std::string_view limit, seconds most) {
    if (value <= most)
        return {};
    return std::string(name) + " (" + format_duration(value) + ") is longer than " + std::string(limit) + " (" +
           format_duration(most) + ")";
}

bool begins_with(std::string_view text, std::string_view lower_case_prefix) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return text.size() >= lower_case_prefix.size() &&
           std::equal(lower_case_prefix.begin(), lower_case_prefix.end(), text.begin(),
                      [&](char a, char b) { return a == lower(b); });
}

// The host of public_url, which has passed its own check.
std::string public_host(const config& c) {
    const std::string_view url = c.server.public_url;
    const auto where = parse_host_and_port(url.substr(std::min(url.find("://") + 3, url.size())));
    return where ? where->host : std::string{};
}

std::string idle_fault(const config& c) {
    return longer("idle_timeout", c.session.idle_timeout, "absolute_timeout", c.session.absolute_timeout);
}

std::string remembered_idle_fault(const config& c) {
    return longer("remembered_idle_timeout", c.session.remembered_idle_timeout, "remembered_absolute_timeout",
                  c.session.remembered_absolute_timeout);
}

std::string session_caps_fault(const config& c) {
    return c.session.max_per_user > c.session.max_total ? "max_per_user is more than max_total" : "";
}

std::string target_fault(const config& c) {
    return c.limits.target_bytes < c.limits.header_bytes
               ? ""
               : "target_bytes (" + format_size(c.limits.target_bytes) + ") must be less than header_bytes (" +
                     format_size(c.limits.header_bytes) + "), which counts the request line too";
}

// Browsers compare these prefixes without regard to case (RFC 6265bis section 5.7), so this does too.
std::string prefix_domain_fault(const config& c) {
    return begins_with(c.cookie.name, "__host-") && !c.cookie.domain.empty()
               ? "a cookie whose name begins with \"__Host-\" has no domain: leave out one of name and domain"
               : "";
}

std::string prefix_secure_fault(const config& c) {
    const bool prefixed = begins_with(c.cookie.name, "__host-") || begins_with(c.cookie.name, "__secure-");
    return prefixed && !c.cookie.secure ? "browsers take " + in_quotes(c.cookie.name) + " only with secure = true" : "";
}

std::string device_name_fault(const config& c) {
    return c.cookie.name == c.device_cookie_name() ? "is the name of another cookie of Latchkey's, the device cookie"
                                                   : "";
}

std::string domain_fault(const config& c) {
    const std::string host = public_host(c);
    if (c.cookie.domain.empty() || host == c.cookie.domain || host.ends_with('.' + c.cookie.domain))
        return {};
    return "browsers refuse a cookie for " + in_quotes(c.cookie.domain) + " from server.public_url's host " +
           in_quotes(host);
}

// Who connects to one could meet the other: the kernel shares a port out among all that listen on it.
bool may_be_same_place(std::string_view a, std::string_view b) {
    if (a.starts_with("unix:") || b.starts_with("unix:"))
        return a == b;
    const auto one = parse_host_and_port(a);
    const auto other = parse_host_and_port(b);
    if (!one || !other || one->port != other->port)
        return false;
    const auto anywhere = [](const host_and_port& where) {
        return !where.is_address || where.host == "0.0.0.0" || where.host == "::";
    };
    return anywhere(*one) || anywhere(*other) || one->host == other->host;
}

bool admin_on_tcp(const config& c) {
    const std::string address = c.admin_address();
    return !address.empty() && !address.starts_with("unix:");
}

std::string admin_place_fault(const config& c) {
    const std::string address = c.admin_address();
    for (const auto& entry : c.server.listen)
        if (may_be_same_place(address, entry))
            return "administrators are served at " + in_quotes(address) + ", which is the public " + in_quotes(entry) +
                   " too";
    return {};
}

std::string admin_token_fault(const config& c) {
    return admin_on_tcp(c) && c.server.admin_token_file.empty()
               ? "on TCP administrators need a token, also on loopback: set server.admin_token_file"
               : "";
}

std::string admin_exposed_warning(const config& c) {
    if (!admin_on_tcp(c))
        return {};
    const auto where = parse_host_and_port(c.admin_address());
    return where && is_loopback(where->host) ? ""
                                             : "administrators are served to the network, over plain HTTP: a Unix "
                                               "socket or a loopback address is safer";
}

// Said here, so that `config check` finds it before a restart does.
std::string pages_fault(const config& c) {
    if (c.pages.directory.empty())
        return {};
    std::string all;
    for (const auto& fault : http::load_page_set(c.pages.directory).faults)
        all.append(all.empty() ? "" : "; ").append(fault);
    return all;
}

std::string plain_issuer_fault(const config& c) {
    const std::string issuer = c.token_issuer();
    if (!c.tokens.enabled || !c.cookie.secure || issuer.starts_with("https://"))
        return {};
    const std::string_view rest = std::string_view(issuer).substr(std::min(issuer.find("://") + 3, issuer.size()));
    const auto where = parse_host_and_port(rest.substr(0, rest.find('/')));
    return where && is_loopback(where->host)
               ? ""
               : "tokens are for https: the issuer is " + in_quotes(issuer) + ", by tokens.issuer or server.public_url";
}

std::string refresh_lifetime_fault(const config& c) {
    return longer("access_lifetime", c.tokens.access_lifetime, "refresh_lifetime", c.tokens.refresh_lifetime);
}

std::string audit_place_fault(const config& c) {
    return !c.audit.file.empty() && c.audit.file == c.log.file
               ? "is log.file too: leave it empty, and audit events go with the log"
               : "";
}

std::string memory_warning(const config& c) {
    return c.password.memory < recommended_memory
               ? format_size(c.password.memory) + " is less than the recommended 19MiB: for tests only"
               : "";
}

std::string iterations_warning(const config& c) {
    return c.password.iterations < recommended_iterations ? "fewer than the recommended 2: for tests only" : "";
}

std::string secure_warning(const config& c) {
    return c.cookie.secure ? "" : "the session cookie travels over plain HTTP too: for local development only";
}

std::string plain_url_warning(const config& c) {
    if (!c.cookie.secure || c.server.public_url.starts_with("https://") || is_loopback(public_host(c)))
        return {};
    return "browsers do not keep a Secure cookie from a plain http address: nobody will stay logged in";
}

std::string trust_warning(const config& c) {
    const auto all = [](const std::string& entry) { return entry.ends_with("/0"); };
    const auto& proxies = c.server.trusted_proxies;
    return std::any_of(proxies.begin(), proxies.end(), all)
               ? "everybody is a trusted proxy, and can claim any address and any URL"
               : "";
}

std::string wide_host_warning(const config& c) {
    for (const auto& entry : c.redirect.allowed_hosts)
        if (entry.starts_with("*.") && entry.find('.', 2) == std::string::npos)
            return in_quotes(entry) + " lets the login page send people to every site below a top-level domain";
    return {};
}

std::string nothing_allowed_warning(const config& c) {
    const auto denies = [](const access_rule& rule) { return rule.policy == "deny"; };
    return c.access.default_policy == "deny" && std::all_of(c.access.rules.begin(), c.access.rules.end(), denies)
               ? "nobody may see anything: no rule lets anybody in"
               : "";
}

std::string bearer_fault(const config& c) {
    const auto& all = c.access.rules;
    const auto found = std::find_if(all.begin(), all.end(), [](const access_rule& rule) { return rule.bearer; });
    return c.tokens.enabled || found == all.end()
               ? ""
               : "rule " + std::to_string(found - all.begin() + 1) + " has bearer = true, and tokens.enabled is false";
}

// The user with the most about them that there can be: none may be left without tokens by their groups.
std::string token_room_fault(const config& c) {
    if (!c.tokens.enabled)
        return {};
    token_claims largest;
    largest.issuer = c.token_issuer();
    largest.audience = c.token_audience();
    largest.expires_at = largest.issued_at = largest.not_before = largest.authenticated =
        wall_time{seconds{9'999'999'999}};
    largest.email = std::string(email_address::longest, 'x');
    largest.name = std::string(longest_user_name, '"');  // two bytes each, in JSON
    largest.groups.assign(most_groups, std::string(longest_group, 'x'));
    largest.for_upstream = true;
    const std::size_t user = write_claims(largest).size();
    const std::size_t own = write_static_claims(c.tokens.claims).size();
    if (user + own <= signing_key::largest_payload)
        return {};
    const std::size_t left = signing_key::largest_payload - std::min(signing_key::largest_payload, user);
    return "beside the largest user (" + std::to_string(most_groups) + " groups), issuer and audience, a token has " +
           std::to_string(left) + " bytes left for claims, and these take " + std::to_string(own);
}

constexpr auto rules = std::to_array<config_rule>({
    {fault, {"session.idle_timeout", "session.absolute_timeout"}, idle_fault},
    {fault, {"session.remembered_idle_timeout", "session.remembered_absolute_timeout"}, remembered_idle_fault},
    {fault, {"session.max_per_user", "session.max_total"}, session_caps_fault},
    {fault, {"limits.target_bytes", "limits.header_bytes"}, target_fault},
    {fault, {"cookie.name", "cookie.domain"}, prefix_domain_fault},
    {fault, {"cookie.name", "cookie.secure"}, prefix_secure_fault},
    {fault, {"cookie.name", ""}, device_name_fault},
    {fault, {"cookie.domain", "server.public_url"}, domain_fault},
    {fault, {"server.admin_listen", "server.admin_token_file"}, admin_token_fault},
    {fault, {"server.admin_listen", "server.listen"}, admin_place_fault},
    {fault, {"tokens.issuer", "server.public_url"}, plain_issuer_fault},
    {fault, {"tokens.access_lifetime", "tokens.refresh_lifetime"}, refresh_lifetime_fault},
    {fault, {"access.rules", "tokens.enabled"}, bearer_fault},
    {fault, {"tokens.claims", "tokens.audience"}, token_room_fault},
    {fault, {"pages.directory", ""}, pages_fault},
    {fault, {"audit.file", "log.file"}, audit_place_fault},
    {fault, {"session.store", "redis.url"}, redis_missing_fault},
    {fault, {"redis.url", "redis.password_file"}, redis_user_fault},
    {fault, {"redis.sentinels", "redis.url"}, redis_sentinels_fault},
    {fault, {"redis.ca_file", "redis.url"}, redis_ca_fault},
    {warning, {"server.admin_listen", ""}, admin_exposed_warning},
    {warning, {"cookie.secure", ""}, secure_warning},
    {warning, {"server.public_url", "cookie.secure"}, plain_url_warning},
    {warning, {"server.trusted_proxies", ""}, trust_warning},
    {warning, {"password.memory", ""}, memory_warning},
    {warning, {"password.iterations", ""}, iterations_warning},
    {warning, {"redirect.allowed_hosts", ""}, wide_host_warning},
    {warning, {"access.default", "access.rules"}, nothing_allowed_warning},
    {warning, {"redis.url", "session.store"}, redis_unused_warning},
    {warning, {"redis.url", "redis.sentinels"}, redis_plain_warning},
    {warning, {"session.store", "database.url"}, redis_alone_warning},
    {fault, {"server.admin_listen", "database.url"}, postgres_admin_fault},
    {warning, {"database.password_file", "database.url"}, database_password_warning},
    {warning, {"database.url", ""}, postgres_plain_warning},
});

}  // namespace

std::span<const config_rule> config_rules() {
    return rules;
}

}  // namespace latchkey
