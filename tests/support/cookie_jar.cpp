#include "cookie_jar.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace latchkey::test {
namespace {

std::string_view without_blanks(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

// RFC 6265 section 4.1.1, cookie-octet.
bool is_cookie_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; });
}

[[noreturn]] void refuse(const std::string& why, const cookie& c) {
    throw std::runtime_error("a browser would drop the cookie " + c.name + ": " + why);
}

bool is_secure_origin(std::string_view origin) {
    return origin.starts_with("https://") || origin.starts_with("http://127.") ||
           origin.starts_with("http://localhost") || origin.starts_with("http://[::1]");
}

}  // namespace

bool cookie::has(std::string_view attribute) const {
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](const auto& a) { return iequals(a.first, attribute); });
}

std::string cookie::operator[](std::string_view attribute) const {
    for (const auto& a : attributes)
        if (iequals(a.first, attribute))
            return a.second;
    return {};
}

cookie parse_set_cookie(std::string_view field) {
    cookie out;
    const auto end = field.find(';');
    const auto pair = field.substr(0, end);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos)
        throw std::runtime_error("Set-Cookie without '=': " + std::string(field));
    out.name = pair.substr(0, equals);
    out.value = pair.substr(equals + 1);
    if (!is_token(out.name) || !is_cookie_value(out.value))
        throw std::runtime_error("Set-Cookie with a malformed pair: " + std::string(field));
    auto rest = end == std::string_view::npos ? std::string_view{} : field.substr(end + 1);
    while (!rest.empty()) {
        const auto next = rest.find(';');
        const auto attribute = without_blanks(rest.substr(0, next));
        rest = next == std::string_view::npos ? std::string_view{} : rest.substr(next + 1);
        const auto at = attribute.find('=');
        const std::string name(attribute.substr(0, at));
        if (!is_token(name) || out.has(name))
            throw std::runtime_error("Set-Cookie with an empty or doubled attribute: " + std::string(field));
        out.attributes.emplace_back(name, at == std::string_view::npos ? "" : attribute.substr(at + 1));
    }
    return out;
}

void cookie_jar::check(const cookie& c) const {
    if (c.name.size() + c.value.size() > 4096)
        refuse("longer than 4,096 bytes", c);
    if (c.has("Secure") && !is_secure_origin(origin_))
        refuse("Secure from an insecure origin", c);
    const bool host_prefix = c.name.size() >= 7 && iequals(std::string_view(c.name).substr(0, 7), "__Host-");
    const bool secure_prefix = c.name.size() >= 9 && iequals(std::string_view(c.name).substr(0, 9), "__Secure-");
    if ((host_prefix || secure_prefix) && !c.has("Secure"))
        refuse("its prefix needs Secure", c);
    if (host_prefix && (c.has("Domain") || c["Path"] != "/"))
        refuse("__Host- needs Path=/ and no Domain", c);
    if (iequals(c["SameSite"], "None") && !c.has("Secure"))
        refuse("SameSite=None needs Secure", c);
}

void cookie_jar::take(const http_response& response) {
    for (const auto& field : response.all("Set-Cookie")) {
        auto fresh = parse_set_cookie(field);
        check(fresh);
        std::erase_if(cookies_, [&](const cookie& old) { return old.name == fresh.name; });
        const auto age = fresh["Max-Age"];
        if (fresh.has("Max-Age") && (age.empty() || age.front() == '-' || age == "0"))
            continue;
        cookies_.push_back(std::move(fresh));
    }
}

std::optional<std::string> cookie_jar::value(std::string_view name) const {
    for (const auto& c : cookies_)
        if (c.name == name)
            return c.value;
    return std::nullopt;
}

std::string cookie_jar::header() const {
    std::string out;
    for (const auto& c : cookies_)
        out += (out.empty() ? "" : "; ") + c.name + '=' + c.value;
    return out;
}

}  // namespace latchkey::test
