// The files of the keys that sign access tokens: token_options::key_file and, beside it, .next and .retiring.
#pragma once

#include "quantity.hpp"
#include "token_keys.hpp"

#include <latchkey/config.hpp>

#include <memory>
#include <string>

namespace latchkey {

std::string next_key_file(const token_options& options);
std::string retiring_key_file(const token_options& options);

// One of them, by read_secret_file()'s rules (S1), and of the algorithm that the configuration names (J1). Refusals
// continue the quotation of the path, and name no content.
parsed<signing_key> load_token_key(const std::string& path, const token_options& options);

// All there are. The current one must be; a file that is there and cannot be used is refused, whichever it is: a server
// that went on without it would refuse tokens that it has signed. Refusals are sentences that name the file.
parsed<std::shared_ptr<const token_keys>> load_token_keys(const token_options& options);

}  // namespace latchkey
