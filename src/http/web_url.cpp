#include "web_url.hpp"

#include "field_rules.hpp"
#include "text.hpp"
#include "url_chars.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

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
