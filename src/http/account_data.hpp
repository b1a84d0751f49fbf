// What the account page shows of a user and of the user's sessions, as its template wants it.
#pragma once

#include "page_template.hpp"
#include "pages.hpp"

namespace latchkey::http {

page_data account_data(const page_texts& words, const account_page& content);

}  // namespace latchkey::http
