// A key for tokens.key_file, as an operator would make it without `latchkey key`.
#pragma once

#include <string>

namespace latchkey::test {

// Of this algorithm, for its owner alone. Throws std::runtime_error.
void make_token_key(const std::string& file, const std::string& algorithm = "EdDSA");

}  // namespace latchkey::test
