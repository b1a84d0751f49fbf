#include "echo_request.hpp"

#include "http_response.hpp"

#include <algorithm>
#include <stdexcept>

namespace latchkey::test {
namespace {

// Decodes what begins at `at`; moves it behind the last chunk and its trailers.
std::optional<std::string> unchunked(const std::string& bytes, std::size_t& at) {
    std::string body;
    for (auto next = at;;) {
        const auto line = bytes.find("\r\n", next);
        if (line == std::string::npos)
            return std::nullopt;
        const auto size = std::stoul(bytes.substr(next, line - next), nullptr, 16);
        if (size == 0) {
            const auto end = bytes.find("\r\n\r\n", line);
            if (end == std::string::npos)
                return std::nullopt;
            at = end + 4;
            return body;
        }
        if (bytes.size() < line + 2 + size + 2)
            return std::nullopt;
        body.append(bytes, line + 2, size);
        next = line + 2 + size + 2;
    }
}

}  // namespace

std::string field_of(std::string_view head, std::string_view name) {
    for (auto at = head.find("\r\n"); at != std::string_view::npos && at + 2 < head.size();) {
        const auto end = head.find("\r\n", at + 2);
        const auto line = head.substr(at + 2, end - at - 2);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && iequals(line.substr(0, colon), name)) {
            const auto value = line.substr(colon + 1);
            return std::string(value.substr(std::min(value.find_first_not_of(' '), value.size())));
        }
        at = end;
    }
    return {};
}

std::optional<whole_request> whole_request_in(const std::string& bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string::npos)
        return std::nullopt;
    auto at = end + 4;
    const auto head = bytes.substr(0, at);
    if (iequals(field_of(head, "Transfer-Encoding"), "chunked")) {
        const auto body = unchunked(bytes, at);
        if (!body)
            return std::nullopt;
        return whole_request{head + *body, bytes.substr(at)};
    }
    const auto length = field_of(head, "Content-Length");
    const auto size = length.empty() ? 0 : std::stoul(length);
    if (bytes.size() - at < size)
        return std::nullopt;
    return whole_request{bytes.substr(0, at + size), bytes.substr(at + size)};
}

}  // namespace latchkey::test
