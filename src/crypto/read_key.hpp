// From the text of a key file to what signs with it: the one place that decides what is a key, and of which algorithm.
#pragma once

#include "token_signer.hpp"

namespace latchkey {

// See signing_key::read().
result<std::unique_ptr<const token_signer>> read_key(std::string_view text);

}  // namespace latchkey
