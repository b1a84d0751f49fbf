#include "web_url.hpp"

#include "byte_set.hpp"
#include "field_rules.hpp"
#include "text.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

constexpr byte_set url_bytes([](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '#'; });

}  // namespace

bool has_only_url_chars(std::string_view text) noexcept {
    return url_bytes.has_all(text);
}

result<web_url> web_url::parse(std::string_view text) noexcept {
    web_url url;
    if (!has_only_url_chars(text))
        return errc::invalid_request;
    std::string_view rest;
    if (text.size() > 8 && iequals(text.substr(0, 8), "https://")) {
        url.https_ = true;
        rest = text.substr(8);
    } else if (text.size() > 7 && iequals(text.substr(0, 7), "http://")) {
        rest = text.substr(7);
    } else {
        return errc::invalid_request;
    }
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != '/' && rest[end] != '?')
        ++end;
    const auto authority = rest.substr(0, end);
    const auto host = host_of(authority);  // refuses userinfo, commas and everything odd
    if (!host)
        return errc::invalid_request;

    url.text_ = text;
    url.path_and_query_ = rest.substr(end);
    url.host_ = *host;
    url.port_ = url.https_ ? 443 : 80;
    if (url.host_.size() != authority.size()) {
        unsigned port = 0;
        for (const char c : authority.substr(url.host_.size() + 1))
            port = port * 10 + static_cast<unsigned>(c - '0');
        if (port == 0)
            return errc::invalid_request;
        url.port_ = static_cast<std::uint16_t>(port);
    }
    return url;
}

std::string web_url::origin() const {
    std::string out = https_ ? "https://" : "http://";
    std::transform(host_.begin(), host_.end(), std::back_inserter(out), to_lower);
    if (port_ != (https_ ? 443 : 80))
        out.append(":").append(std::to_string(port_));
    return out;
}

bool is_local_path(std::string_view text) noexcept {
    return !text.empty() && text.front() == '/' && (text.size() == 1 || text[1] != '/') && has_only_url_chars(text);
}

}  // namespace latchkey::http
