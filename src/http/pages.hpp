// The pages that people see: login, account and errors, in the language of the browser, escaped by default, with no
// script and no style of their own.
//
// One immutable object for each configuration in force, used by all cores. What a page says comes from a page_set; what
// is put into it may be hostile: user agents, names, what somebody typed.
#pragma once

#include "page_set.hpp"

#include <latchkey/session_store.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::http {

struct page_settings {
    std::string form_action;  // source list of the Content-Security-Policy directive of that name
    std::string origin;       // of this server: "https://auth.example.com"
    std::size_t min_password_length = 0;
};

struct login_page {
    std::string_view message;      // why the last attempt failed; empty at first
    bool wrong = false;            // and whether that was for what stood in the fields
    std::string_view notice;       // what has happened before
    std::string_view email;        // what was typed, kept; the password never is
    std::string_view rd;           // where to go afterwards
    std::string_view destination;  // the host of that, if it is another one
    bool remember = false;
};

struct account_page {
    const session& mine;
    std::span<const listed_session> sessions;
    time_point now;
    std::string_view notice;                                  // what has been done
    std::string_view message;                                 // why it has not been
    std::string_view wrong_current, wrong_new, wrong_repeat;  // the same for a field of the password form
};

struct error_page {
    unsigned status = 500;
    std::string_view code;
    std::string_view request_id;
    bool elsewhere = false;  // shown by a proxy at an application's address: its links lead to this server in full
};

class pages {
public:
    // `set`: as load_page_set() gave it.
    pages(const page_settings& settings, page_set_ptr set);
    ~pages();

    // What suits this Accept-Language. Lives as long as the set.
    const page_texts& language(std::string_view accept_language) const noexcept;

    // Ready-made header lines of every page in this language.
    std::string headers(const page_texts& words) const;
    // The same for a page that is shown elsewhere.
    std::string headers_elsewhere(const page_texts& words) const;

    std::string login(const page_texts& words, const login_page& content) const;
    std::string account(const page_texts& words, const account_page& content) const;
    std::string error(const page_texts& words, const error_page& content) const;

    std::string_view stylesheet() const noexcept { return stylesheet_; }
    std::string_view mark() const noexcept { return mark_; }

    // The message for a password that may not be chosen, or for any other error code.
    std::string message(const page_texts& words, std::string_view code) const;

private:
    struct templates;
    const page_settings settings_;
    const page_set_ptr set_;
    const std::unique_ptr<const templates> templates_;
    const std::string headers_, headers_elsewhere_;
    const std::string_view stylesheet_, mark_;
};

}  // namespace latchkey::http
