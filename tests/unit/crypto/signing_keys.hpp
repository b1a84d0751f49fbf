// Keys and texts that the tests of tokens share.
#pragma once

#include "base64url_lookup.hpp"
#include "signing_key.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

inline constexpr token_algorithm all_token_algorithms[]{token_algorithm::ed25519, token_algorithm::es256,
                                                        token_algorithm::hs256};

inline std::vector<std::uint8_t> octets(std::string_view base64url) {
    std::vector<std::uint8_t> out(base64url_room(base64url.size()));
    EXPECT_TRUE(look_up_base64url(base64url, out)) << base64url;
    return out;
}

inline result<signing_key> read_key_text(std::string_view text) {
    return signing_key::read(secret(text));
}

// RFC 8037 appendix A.1
inline constexpr std::string_view rfc8037_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace latchkey
