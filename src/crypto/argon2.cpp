#include "argon2.hpp"

#include "phc.hpp"
#include "sodium.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>

namespace latchkey {
namespace {

phc_parameters parameters_made_with(const argon2_parameters& parameters) noexcept {
    return {.memory = static_cast<std::uint32_t>(parameters.memory / 1024),
            .iterations = parameters.iterations,
            .lanes = 1,
            .salt_size = crypto_pwhash_argon2id_SALTBYTES,
            .tag_size = 32};
}

// libsodium wants a pointer even to nothing.
const char* chars_of(const secret& password) noexcept {
    return password.empty() ? "" : password.reveal().data();
}

using tag_bytes = std::array<unsigned char, argon2_bounds::longest_tag>;

template <std::size_t N>
bool decode(std::string_view text, std::array<unsigned char, N>& out) noexcept {
    std::size_t size = 0;
    return sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                             sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}

// For hashes such as we make. libsodium's own comparison calls it a mismatch when the memory for it is lacking, and a
// right password must not be told from a wrong one by that (E5).
result<bool> matches_own(const secret& password, std::string_view phc, const phc_parameters& made_with) {
    const std::size_t dollar = phc.rfind('$');
    const std::size_t before = phc.rfind('$', dollar - 1);
    std::array<unsigned char, crypto_pwhash_argon2id_SALTBYTES> salt{};
    tag_bytes expected{}, computed{};
    if (!decode(phc.substr(before + 1, dollar - before - 1), salt) || !decode(phc.substr(dollar + 1), expected))
        return errc::unsupported_hash;
    if (crypto_pwhash_argon2id(computed.data(), made_with.tag_size, chars_of(password), password.size(), salt.data(),
                               made_with.iterations, std::size_t{made_with.memory} * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return errc::overloaded;
    const bool same = sodium_memcmp(computed.data(), expected.data(), made_with.tag_size) == 0;
    sodium_memzero(computed.data(), computed.size());
    return same;
}

// Other lanes and salts: by libsodium, which tells a mismatch from most wants of memory by errno alone.
result<bool> matches_foreign(const secret& password, const std::string& phc) {
    errno = 0;
    const int answer = crypto_pwhash_argon2id_str_verify(phc.c_str(), chars_of(password), password.size());
    if (answer != 0 && errno != EINVAL)
        return errc::overloaded;
    return answer == 0;
}

}  // namespace

bool is_usable(const argon2_parameters& parameters) noexcept {
    const std::size_t kibibytes = parameters.memory / 1024;
    return kibibytes >= argon2_bounds::smallest_memory && kibibytes <= argon2_bounds::largest_memory &&
           parameters.iterations >= 1 && parameters.iterations <= argon2_bounds::most_iterations;
}

result<std::string> hash_password(const secret& password, const argon2_parameters& parameters) {
    if (!is_usable(parameters))
        throw std::invalid_argument("argon2id parameters out of bounds");
    ensure_sodium();
    std::array<char, crypto_pwhash_argon2id_STRBYTES> text{};
    // Within these bounds the one thing that can fail is taking the memory.
    if (crypto_pwhash_argon2id_str(text.data(), chars_of(password), password.size(), parameters.iterations,
                                   parameters.memory) != 0)
        return errc::overloaded;
    return std::string(text.data());
}

result<verification> verify_password(const secret& password, const std::string& phc, const argon2_parameters& today) {
    const auto made_with = parse_phc(phc);
    if (!made_with)
        return made_with.error();
    ensure_sodium();

    const bool own = made_with->lanes == 1 && made_with->salt_size == crypto_pwhash_argon2id_SALTBYTES;
    const auto compared = own ? matches_own(password, phc, *made_with) : matches_foreign(password, phc);
    if (!compared)
        return compared.error();
    const bool matches = *compared;
    return verification{.matches = matches, .needs_rehash = matches && *made_with != parameters_made_with(today)};
}

}  // namespace latchkey
