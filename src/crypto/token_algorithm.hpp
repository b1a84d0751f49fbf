// How access tokens may be signed. A property of the key and of nothing else: no token has a say in it (J1).
#pragma once

#include <optional>
#include <string_view>

namespace latchkey {

enum class token_algorithm {
    ed25519,  // "EdDSA" (RFC 8037)
    es256,    // "ES256" (RFC 7518 section 3.4)
    hs256,    // "HS256" (RFC 7518 section 3.2)
};

// The name that JOSE headers and the configuration use.
constexpr std::string_view name_of(token_algorithm algorithm) noexcept {
    switch (algorithm) {
        case token_algorithm::ed25519:
            return "EdDSA";
        case token_algorithm::es256:
            return "ES256";
        case token_algorithm::hs256:
            return "HS256";
    }
    return {};
}

// Of exactly such a name; nothing for any other text.
constexpr std::optional<token_algorithm> token_algorithm_named(std::string_view name) noexcept {
    for (const auto algorithm : {token_algorithm::ed25519, token_algorithm::es256, token_algorithm::hs256})
        if (name == name_of(algorithm))
            return algorithm;
    return std::nullopt;
}

}  // namespace latchkey
