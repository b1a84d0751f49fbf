#include "generated_password.hpp"

#include "sodium.hpp"

#include <sodium.h>

#include <string_view>

namespace latchkey {
namespace {

// Thirty-two of them, so that five bits of a random byte choose without a bias.
constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
static_assert(alphabet.size() == 32);

constexpr std::size_t group_length = 6;

}  // namespace

secret generated_password() {
    ensure_sodium();
    secret password = secret::of_size(generated_password_length);
    const auto characters = password.writable();
    randombytes_buf(characters.data(), characters.size());
    for (std::size_t i = 0; i < characters.size(); ++i) {
        const bool between_groups = i % (group_length + 1) == group_length;
        characters[i] = between_groups ? '-' : alphabet[static_cast<unsigned char>(characters[i]) & 31U];
    }
    return password;
}

}  // namespace latchkey
