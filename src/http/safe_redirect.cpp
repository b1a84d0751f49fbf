#include "safe_redirect.hpp"

#include "target_host.hpp"
#include "target_path.hpp"
#include "text.hpp"
#include "web_url.hpp"

#include <algorithm>
#include <stdexcept>

namespace latchkey::http {
namespace {

constexpr std::size_t max_redirect_bytes = 8 * 1024;

// As browsers write it. Nothing for a host that has no such form, or that ends in a dot: browsers take that for another
// one, with cookies of its own.
std::optional<std::string> host_of(const web_url& url) {
    std::string scratch;
    const auto host = canonical_host(url.host(), scratch);
    return host && !url.host().ends_with('.') ? std::optional<std::string>(*host) : std::nullopt;
}

std::uint16_t default_port(const web_url& url) noexcept {
    return url.is_https() ? 443 : 80;
}

std::string origin_of(const web_url& url, std::string_view host) {
    std::string out = url.is_https() ? "https://" : "http://";
    out.append(host);
    if (url.port() != default_port(url))
        out.append(":").append(std::to_string(url.port()));
    return out;
}

// What the access rules would refuse has no page behind it; and whatever decodes it on the way, and however often, must
// not come upon another path (a ".." segment) or a control character.
bool is_plain_path(std::string_view target) {
    std::string scratch;
    return target_path::parse(target.substr(0, target.find('?')), scratch).has_value();
}

// Whether some number of decodings makes `path` begin with two slashes, and so with the name of a host.
bool could_begin_with_host(std::string_view path) noexcept {
    auto rest = path.substr(1);
    if (rest.starts_with('/'))
        return true;
    if (!rest.starts_with('%'))
        return false;
    rest.remove_prefix(1);
    while (rest.starts_with("25"))
        rest.remove_prefix(2);
    return iequals(rest.substr(0, 2), "2f") || iequals(rest.substr(0, 2), "5c");
}

}  // namespace

safe_redirect::safe_redirect(std::string_view public_url, const redirect_options& options) {
    const auto own = web_url::parse(public_url);
    const auto own_host = own ? host_of(*own) : std::nullopt;
    if (!own_host)
        throw std::invalid_argument("server.public_url is not an http or https URL");
    own_origin_ = origin_of(*own, *own_host);
    require_https_ = own->is_https();

    for (const auto& entry : options.allowed_hosts) {
        const bool wildcard = entry.starts_with("*.");
        // Borrow the URL parser: an entry is what may stand between "https://" and the path.
        const std::string url = "https://" + entry.substr(wildcard ? 2 : 0);
        const auto parsed = web_url::parse(url);
        const auto name = parsed ? host_of(*parsed) : std::nullopt;
        if (!name || !parsed->path_and_query().empty())
            throw std::invalid_argument("redirect.allowed_hosts: not a host: " + entry);
        allowed_host host{*name, wildcard, std::nullopt};
        if (wildcard)
            host.name.insert(host.name.begin(), '.');
        if (url.size() > 8 + parsed->host().size())  // a port is written
            host.port = parsed->port();
        hosts_.push_back(std::move(host));
    }
}

std::optional<std::string> safe_redirect::check(std::string_view rd) const {
    if (rd.empty() || rd.size() > max_redirect_bytes)
        return std::nullopt;
    if (is_local_path(rd))
        return is_plain_path(rd) && !could_begin_with_host(rd) ? std::optional<std::string>(rd) : std::nullopt;
    const auto url = web_url::parse(rd);
    if (!url || (require_https_ && !url->is_https()))
        return std::nullopt;
    // One canonical form goes out: the origin as browsers write it, then path and query as they came.
    const auto host = host_of(*url);
    if (!host)
        return std::nullopt;
    const std::string origin = origin_of(*url, *host);
    std::string target(url->path_and_query());
    if (!target.starts_with('/'))
        target.insert(target.begin(), '/');
    if (!is_plain_path(target))
        return std::nullopt;
    if (origin == own_origin_ ? could_begin_with_host(target) : !allows(*host, url->port(), default_port(*url)))
        return std::nullopt;
    return origin + target;
}

bool safe_redirect::allows(std::string_view host, std::uint16_t port, std::uint16_t usual_port) const noexcept {
    return std::any_of(hosts_.begin(), hosts_.end(), [&](const allowed_host& entry) {
        if (port != entry.port.value_or(usual_port))
            return false;
        return entry.wildcard ? host.size() > entry.name.size() && host.ends_with(entry.name) : host == entry.name;
    });
}

std::string safe_redirect::form_action_sources() const {
    std::string sources = "'self'";
    for (const auto& entry : hosts_)
        for (const std::string_view scheme : {"https://", "http://"}) {
            if (require_https_ && scheme == "http://")
                continue;
            sources.append(" ").append(scheme).append(entry.wildcard ? "*" : "").append(entry.name);
            if (entry.port)
                sources.append(":").append(std::to_string(*entry.port));
        }
    return sources;
}

}  // namespace latchkey::http
