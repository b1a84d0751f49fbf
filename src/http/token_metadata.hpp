// What programs can find out about the token mode by themselves (RFC 8414).
#pragma once

#include <latchkey/config.hpp>

#include <string>
#include <string_view>

namespace latchkey::http {

// `origin`: of this server, "https://auth.example.com".
std::string token_metadata_json(const config& options, const std::string& origin, bool introspection);

// Where an issuer's metadata is looked for: its own path comes behind (RFC 8414 section 3.1).
std::string token_metadata_path(std::string_view issuer);

}  // namespace latchkey::http
