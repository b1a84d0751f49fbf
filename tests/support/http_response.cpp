#include "http_response.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace latchkey::test {
namespace {

[[noreturn]] void malformed(const std::string& what, std::string_view text) {
    throw std::runtime_error("malformed response: " + what + ": " + std::string(text.substr(0, 300)));
}

bool is_token_char(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool iequals(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

std::size_t http_response::count(std::string_view name) const {
    return all(name).size();
}

std::vector<std::string> http_response::all(std::string_view name) const {
    std::vector<std::string> out;
    for (const auto& [key, value] : headers)
        if (iequals(key, name))
            out.push_back(value);
    return out;
}

std::optional<std::string> http_response::header(std::string_view name) const {
    auto values = all(name);
    if (values.size() > 1)
        throw std::runtime_error("several " + std::string(name) + " fields in one response");
    if (values.empty())
        return std::nullopt;
    return std::move(values.front());
}

http_response parse_response_head(std::string_view head) {
    http_response out;
    const auto end_of_line = head.find("\r\n");
    if (end_of_line == std::string_view::npos || !head.ends_with("\r\n\r\n"))
        malformed("no complete head", head);
    const auto line = head.substr(0, end_of_line);
    if (line.size() < 13 || !line.starts_with("HTTP/1.1 ") || line[12] != ' ' || line[9] < '1' || line[9] > '5' ||
        !std::all_of(line.begin() + 9, line.begin() + 12, [](char c) { return c >= '0' && c <= '9'; }) ||
        std::any_of(line.begin(), line.end(), is_control))
        malformed("status line", line);
    out.version = line.substr(0, 8);
    out.status = std::stoi(std::string(line.substr(9, 3)));
    out.reason = line.substr(13);

    auto rest = head.substr(end_of_line + 2, head.size() - end_of_line - 4);
    while (!rest.empty()) {
        const auto end = rest.find("\r\n");
        const auto field = rest.substr(0, end);
        rest = rest.substr(end + 2);
        const auto colon = field.find(':');
        if (colon == std::string_view::npos || colon == 0 ||
            !std::all_of(field.begin(), field.begin() + static_cast<std::ptrdiff_t>(colon), is_token_char))
            malformed("field name", field);
        if (std::any_of(field.begin(), field.end(), is_control))
            malformed("control byte in a field", field);
        out.headers.emplace_back(field.substr(0, colon), trim(field.substr(colon + 1)));
    }
    return out;
}

std::string http_request::wire() const {
    const auto has = [this](std::string_view name) {
        return std::any_of(headers.begin(), headers.end(), [&](const auto& h) { return iequals(h.first, name); });
    };
    std::string out = method + ' ' + target + " HTTP/1.1\r\n";
    if (!has("Host"))
        out += "Host: 127.0.0.1\r\n";
    for (const auto& [name, value] : headers)
        out += name + ": " + value + "\r\n";
    if ((!body.empty() || method == "POST") && !has("Content-Length"))
        out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return out + "\r\n" + body;
}

http_request get(std::string target, header_list headers) {
    return {"GET", std::move(target), std::move(headers), {}};
}

http_request head(std::string target, header_list headers) {
    return {"HEAD", std::move(target), std::move(headers), {}};
}

http_request post_json(std::string target, std::string body, header_list headers) {
    headers.emplace_back("Content-Type", "application/json");
    return {"POST", std::move(target), std::move(headers), std::move(body)};
}

http_request post_form(std::string target, const header_list& fields, header_list headers) {
    std::string body;
    for (const auto& [name, value] : fields)
        body += (body.empty() ? "" : "&") + percent_encode(name) + '=' + percent_encode(value);
    headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return {"POST", std::move(target), std::move(headers), std::move(body)};
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || std::string_view("-._~").find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

}  // namespace latchkey::test
