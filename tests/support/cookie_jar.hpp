// A browser's cookie store, as strict as RFC 6265bis: what a browser would drop is refused with a reason.
//
// Loopback counts as a secure origin, the way browsers treat it. Only what Latchkey's cookies can say is understood.
#pragma once

#include "http_response.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::test {

struct cookie {
    std::string name;
    std::string value;
    header_list attributes;  // in order, as written

    bool has(std::string_view attribute) const;
    std::string operator[](std::string_view attribute) const;  // "" when missing or without a value
};

// Throws std::runtime_error for a field that a strict reader would not understand.
cookie parse_set_cookie(std::string_view field);

class cookie_jar {
public:
    // `origin`: "https://auth.example.com" or "http://127.0.0.1:9080".
    explicit cookie_jar(std::string origin) : origin_(std::move(origin)) {}

    // Takes all cookies of a response. Throws std::runtime_error for one that a browser would ignore.
    void take(const http_response& response);

    std::optional<std::string> value(std::string_view name) const;
    // For the Cookie header field; empty when there are none.
    std::string header() const;
    bool empty() const noexcept { return cookies_.empty(); }

private:
    void check(const cookie& c) const;

    std::string origin_;
    std::vector<cookie> cookies_;
};

}  // namespace latchkey::test
