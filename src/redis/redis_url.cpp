#include "redis_url.hpp"

#include <algorithm>
#include <charconv>

namespace latchkey {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
    if (!text.starts_with(prefix))
        return false;
    text.remove_prefix(prefix.size());
    return true;
}

template <class Number>
bool read_number(std::string_view text, Number& to) noexcept {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), to);
    return failed == std::errc() && end == text.data() + text.size() && !text.empty();
}

constexpr std::string_view form =
    "is not a Redis url: write redis://host:6379, rediss://host:6379 (TLS) or unix:/path/to/socket";

}  // namespace

std::string redis_url::str() const {
    const std::string end = database == 0 ? "" : std::to_string(database);
    if (by == way::unix_socket)
        return "unix:" + host + (end.empty() ? "" : "?db=" + end);
    const std::string shown = host.find(':') == host.npos ? host : '[' + host + ']';
    return (by == way::tls ? "rediss://" : "redis://") + (user.empty() ? "" : user + '@') + shown + ':' + port +
           (end.empty() ? "" : '/' + end);
}

redis_url_or_fault parse_redis_url(std::string_view text) {
    redis_url url;
    const auto is_graphic = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!std::all_of(text.begin(), text.end(), is_graphic))
        return {url, form};
    if (take_prefix(text, "unix:")) {
        take_prefix(text, "//");
        url.by = redis_url::way::unix_socket;
        const auto query = text.find('?');
        if (query != text.npos) {
            std::string_view rest = text.substr(query + 1);
            if (!take_prefix(rest, "db=") || !read_number(rest, url.database))
                return {url, "has more behind its '?' than db=NUMBER"};
        }
        url.host = text.substr(0, query);
        if (!url.host.starts_with('/') || url.host.size() > 107)
            return {url, "needs the absolute path of a socket, of 107 bytes at most"};
        return {url, {}};
    }
    if (take_prefix(text, "rediss://"))
        url.by = redis_url::way::tls;
    else if (!take_prefix(text, "redis://"))
        return {url, form};
    if (const auto slash = text.find('/'); slash != text.npos) {
        if (const auto database = text.substr(slash + 1); !database.empty() && !read_number(database, url.database))
            return {url, "has more behind its host than the number of a database"};
        text = text.substr(0, slash);
    }
    if (const auto at = text.rfind('@'); at != text.npos) {
        url.user = text.substr(0, at);
        if (url.user.find(':') != url.user.npos)
            return {url, "has a password in it: write that into a file of its own, redis.password_file"};
        text = text.substr(at + 1);
    }
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos)
            return {url, form};
        url.host = text.substr(1, end - 1);
        text = text.substr(end + 1);
    } else {
        url.host = text.substr(0, text.find(':'));
        text = text.substr(url.host.size());
    }
    if (url.host.empty() || url.host.find_first_of("?#%@") != url.host.npos)
        return {url, form};
    if (!text.empty()) {
        std::uint16_t number = 0;
        if (!take_prefix(text, ":") || !read_number(text, number) || number == 0)
            return {url, "has a port that is none"};
        url.port = std::to_string(number);
    }
    return {url, {}};
}

}  // namespace latchkey
