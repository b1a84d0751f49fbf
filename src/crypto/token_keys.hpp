// The keys in force: one that signs, and those that verify beside it while keys are being changed (J7).
//
// The next key is published before it signs, so that whoever caches the JWKS knows it by then; the retiring one no
// longer signs, but its tokens live out their minutes. Immutable and shared: a reload makes another one.
#pragma once

#include "signing_key.hpp"

#include <array>
#include <optional>

namespace latchkey {

class token_keys {
public:
    // The same key in two places, as in the middle of a rotation, counts once: where it is named first.
    explicit token_keys(signing_key current, std::optional<signing_key> next = std::nullopt,
                        std::optional<signing_key> retiring = std::nullopt);

    // The key whose tokens have exactly this first segment; nullptr where there is none. Whatever a header may say
    // beside what ours say (alg, kid, typ, jku, jwk, x5c, crit …), it is then not one of ours (J1, J2).
    const signing_key* by_header(std::string_view encoded_header) const noexcept;

    // {"keys":[…]}, current first; no HS256 key is in it.
    std::string jwks() const;

    // With the current key, see signing_key::sign().
    result<std::string> sign(std::string_view payload_json) const { return current().sign(payload_json); }

    // Whether both hold the same keys, in the same places.
    bool operator==(const token_keys& other) const noexcept;

    const signing_key& current() const noexcept { return *keys_.front(); }

private:
    std::array<std::optional<signing_key>, 3> keys_;  // current, next, retiring
};

}  // namespace latchkey
