// The Public Suffix List: domains below which strangers can register names. https://publicsuffix.org
#pragma once

#include <string>

namespace latchkey {

// `domain` in lower case. False when no list is installed.
bool is_public_suffix(const std::string& domain);

}  // namespace latchkey
