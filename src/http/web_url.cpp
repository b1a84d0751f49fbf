#include "web_url.hpp"

#include "byte_set.hpp"
#include "field_rules.hpp"
#include "text.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

constexpr byte_set url_bytes([](char c) { return c > ' ' && c < 0x7f && c != '\\' && c != '#'; });

constexpr byte_set authority_bytes([](char c) { return c != '/' && c != '?'; });

// Whether `text` begins with these lower-case letters, whatever the case of its own; `rest` is what follows them then.
bool cut_letters(std::string_view text, std::string_view letters, std::string_view& rest) noexcept {
    if (text.size() < letters.size())
        return false;
    for (std::size_t i = 0; i < letters.size(); ++i)
        if ((text.data()[i] | 0x20) != letters.data()[i])
            return false;
    rest = {text.data() + letters.size(), text.size() - letters.size()};
    return true;
}

}  // namespace

bool has_only_url_chars(std::string_view text) noexcept {
    return url_bytes.has_all(text);
}

result<web_url> web_url::parse(std::string_view text) noexcept {
    web_url url;
    if (!has_only_url_chars(text))
        return errc::invalid_request;
    std::string_view rest;
    if (!cut_letters(text, "http", rest))
        return errc::invalid_request;
    url.https_ = cut_letters(rest, "s", rest);
    if (!rest.starts_with("://"))
        return errc::invalid_request;
    rest.remove_prefix(3);
    const std::size_t end = authority_bytes.count_leading(rest);
    const std::string_view authority(rest.data(), end);
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
