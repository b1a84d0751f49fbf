// Answering with a page.
#pragma once

#include "exchange.hpp"

#include <latchkey/async.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

// In the language of the request.
const page_texts& words_for(const exchange& x) noexcept;

// The whole answer. No co_await between begin() and finish(): see exchange.hpp.
void show_page(exchange& x, unsigned status, const page_texts& words, const std::string& content,
               unsigned retry_after = 0);

// 403 for a page that a rule keeps from whoever asks, shown by a proxy at that page's own address.
void show_refused(exchange& x);

// What an account page says besides the account.
struct account_notes {
    unsigned status = 200;
    unsigned retry_after = 0;
    std::string notice, message, wrong_current, wrong_new, wrong_repeat;
};

// The account page of whoever asks; to the login page with callers who are nobody.
task<void> show_account_page(exchange& x, account_notes notes);

// The host that an allowed redirect leads to, when it is another one than this server's: "app.example.com". Else empty.
std::string_view other_place(std::string_view target, std::string_view own_origin) noexcept;

// 303 to the login page and back to the account afterwards.
void send_to_login(exchange& x);

// For a page that needs somebody: to the login page with whoever is nobody; any other error is refused as it is.
void turn_away(exchange& x, boost::system::error_code error);

}  // namespace latchkey::http
