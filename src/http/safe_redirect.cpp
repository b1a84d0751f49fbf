#include "safe_redirect.hpp"

#include "text.hpp"
#include "web_url.hpp"

#include <algorithm>
#include <stdexcept>

namespace latchkey::http {
namespace {

constexpr std::size_t max_redirect_bytes = 8 * 1024;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), to_lower);
    return out;
}

}  // namespace

safe_redirect::safe_redirect(std::string_view public_url, const redirect_options& options) {
    const auto own = web_url::parse(public_url);
    if (!own)
        throw std::invalid_argument("server.public_url is not an http or https URL");
    own_origin_ = own->origin();
    require_https_ = own->is_https();

    for (const auto& entry : options.allowed_hosts) {
        const bool wildcard = entry.starts_with("*.");
        // Borrow the URL parser: an entry is what may stand between "https://" and the path.
        const std::string url = "https://" + entry.substr(wildcard ? 2 : 0);
        const auto parsed = web_url::parse(url);
        if (!parsed || !parsed->path_and_query().empty())
            throw std::invalid_argument("redirect.allowed_hosts: not a host: " + entry);
        allowed_host host{lower(parsed->host()), wildcard, std::nullopt};
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
        return std::string(rd);
    const auto url = web_url::parse(rd);
    if (!url || (require_https_ && !url->is_https()))
        return std::nullopt;
    // One canonical form goes out: the origin in lower case, then path and query as they came.
    const std::string origin = url->origin();
    std::string target = origin;
    if (url->path_and_query().empty() || url->path_and_query().front() != '/')
        target += '/';
    target += url->path_and_query();
    if (origin == own_origin_)
        return target;

    const std::string host = lower(url->host());
    const std::uint16_t default_port = url->is_https() ? 443 : 80;
    const bool allowed = std::any_of(hosts_.begin(), hosts_.end(), [&](const allowed_host& entry) {
        if (url->port() != entry.port.value_or(default_port))
            return false;
        return entry.wildcard ? host.size() > entry.name.size() && host.ends_with(entry.name) : host == entry.name;
    });
    return allowed ? std::optional(std::move(target)) : std::nullopt;
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
