// The pages that people see: mustache templates embedded in the program, escaped by default, no script anywhere.
#pragma once

#include <latchkey/session.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

struct login_page {
    std::string_view message;  // why the last attempt failed; empty at first
    std::string_view email;    // what was typed, kept; the password never is
    std::string_view rd;       // where to go afterwards
    bool remember = false;
};

class pages {
public:
    // `form_action` is the source list of the Content-Security-Policy directive of that name.
    explicit pages(const std::string& form_action);

    std::string login(const login_page& content) const;
    std::string account(const session& current) const;
    static std::string_view stylesheet() noexcept;

    // Ready-made header lines of every page: Content-Security-Policy, Referrer-Policy.
    const std::string& headers() const noexcept { return headers_; }

private:
    std::string headers_;
};

}  // namespace latchkey::http
