#include "original_request.hpp"

#include "field_rules.hpp"
#include "text.hpp"
#include "url_chars.hpp"
#include "web_url.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

// "" when there is none, and when there are several.
std::string_view only(const request_head& head, field f) noexcept {
    return head.is_repeated(f) ? std::string_view{} : head[f];
}

// Some proxies tell of a WebSocket by a scheme of its own. "" for what is none of these.
constexpr std::string_view scheme_of(std::string_view proto) noexcept {
    if (iequals(proto, "https") || iequals(proto, "wss"))
        return "https://";
    return iequals(proto, "http") || iequals(proto, "ws") ? "http://" : "";
}

bool is_method_token(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 16 &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

// What the route's prefix left of the target, with its query: the two stand side by side in the request line.
std::string_view remaining_target(const exchange& x) noexcept {
    const auto path = x.path_parameter;
    const auto query = x.head.query;
    return query.empty() ? path : std::string_view(path.data(), static_cast<std::size_t>(query.end() - path.begin()));
}

}  // namespace

original_request::original_request(exchange& x, proxy_dialect dialect) {
    switch (dialect) {
        case proxy_dialect::original_url:
            read_original_url(x);
            read_method(x, field::x_original_method, "X-Original-Method");
            break;
        case proxy_dialect::forwarded:
            read_pieces(x, {"X-Forwarded-Host", only(x.head, field::x_forwarded_host)},
                        {"X-Forwarded-Uri", only(x.head, field::x_forwarded_uri)});
            read_method(x, field::x_forwarded_method, "X-Forwarded-Method");
            break;
        case proxy_dialect::extended:
            read_pieces(x, {"Host", x.head.host}, {"path", remaining_target(x)});
            method_ = x.head.method_text;
            break;
    }
}

void original_request::read_original_url(exchange& x) {
    fault_ = "X-Original-URL";
    if (!x.from_trusted_proxy())
        return;
    const auto text = only(x.head, field::x_original_url);
    const auto known = x.origins().find(text);
    if (known && has_only_url_chars(known->path_and_query)) {
        host_ = known->host;
        if (!take_path(known->path_and_query, x.scratch()))
            return;
    } else {
        const auto url = web_url::parse(text);
        if (!url || !take_host(url->host(), x.scratch()) || !take_path(url->path_and_query(), x.scratch()))
            return;
        if (host_.data() == url->host().data())  // canonical as it is written
            x.origins().remember(text, {host_, url->path_and_query()});
    }
    url_ = {text, "", ""};
    fault_ = {};
}

void original_request::read_pieces(exchange& x, const named& host, const named& target) {
    const auto host_name = host_of(host.value);
    const auto scheme = x.from_trusted_proxy() ? scheme_of(only(x.head, field::x_forwarded_proto)) : std::string_view{};
    if (scheme.empty()) {
        fault_ = "X-Forwarded-Proto";
    } else if (!host_name || !take_host(*host_name, x.scratch())) {
        fault_ = host.name;
    } else if (!target.value.starts_with('/') || !has_only_url_chars(target.value) ||
               !take_path(target.value, x.scratch())) {
        fault_ = target.name;
    } else {
        url_ = {scheme, host.value, target.value};
    }
}

void original_request::read_method(const exchange& x, field f, std::string_view name) {
    if (!x.from_trusted_proxy() || !x.head.has(f))
        return;
    const auto text = only(x.head, f);
    if (is_method_token(text))
        method_ = text;
    else if (fault_.empty())
        fault_ = name;
}

// `host`: without a port.
bool original_request::take_host(std::string_view host, scratch_texts& scratch) {
    const auto canonical = canonical_host(host, scratch.host);
    if (!canonical)
        return false;
    host_ = *canonical;
    return true;
}

bool original_request::take_path(std::string_view target, scratch_texts& scratch) {
    const auto path = target.substr(0, target.find('?'));
    auto parsed = target_path::parse(path.empty() ? std::string_view{"/"} : path, scratch.path);
    if (!parsed)
        return false;
    paths_.emplace(*std::move(parsed));
    return true;
}

}  // namespace latchkey::http
