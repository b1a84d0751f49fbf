#include "web_url.hpp"

#include "field_rules.hpp"
#include "text.hpp"
#include "url_chars.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace latchkey::http {

result<web_url> web_url::parse(std::string_view text) noexcept {
    constexpr std::string_view http = "http://", https = "https://";
    std::array<char, https.size()> start;  // "http://" and at least a letter, or more
    if (text.size() < start.size() || !has_only_url_chars(text))
        return errc::invalid_request;
    // In lower case. Nothing that a URL may hold becomes a `:` or a `/` by that.
    std::transform(text.begin(), text.begin() + start.size(), start.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    web_url url;
    url.https_ = std::memcmp(start.data(), https.data(), https.size()) == 0;
    if (!url.https_ && std::memcmp(start.data(), http.data(), http.size()) != 0)
        return errc::invalid_request;
    std::string_view rest = text;
    rest.remove_prefix(url.https_ ? https.size() : http.size());
    const auto where = leading_authority(rest);
    if (!where || where->port == 0)
        return errc::invalid_request;
    rest.remove_prefix(where->size);
    if (!rest.empty() && rest.front() != '/' && rest.front() != '?')  // userinfo, commas and everything odd
        return errc::invalid_request;

    url.text_ = text;
    url.path_and_query_ = rest;
    url.host_ = where->host;
    url.port_ = where->port.value_or(url.https_ ? 443 : 80);
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
