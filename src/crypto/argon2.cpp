#include "argon2.hpp"

#include "phc.hpp"
#include "sodium.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <stdexcept>

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
const char* bytes_of(const secret& password) noexcept {
    return password.empty() ? "" : password.reveal().data();
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
    if (crypto_pwhash_argon2id_str(text.data(), bytes_of(password), password.size(), parameters.iterations,
                                   parameters.memory) != 0)
        return errc::overloaded;
    return std::string(text.data());
}

result<verification> verify_password(const secret& password, const std::string& phc, const argon2_parameters& today) {
    const auto made_with = parse_phc(phc);
    if (!made_with)
        return made_with.error();
    ensure_sodium();

    // libsodium tells a mismatch from a want of memory by errno alone.
    errno = 0;
    const int answer = crypto_pwhash_argon2id_str_verify(phc.c_str(), bytes_of(password), password.size());
    if (answer != 0 && errno != EINVAL)
        return errc::overloaded;
    const bool matches = answer == 0;
    return verification{.matches = matches, .needs_rehash = matches && *made_with != parameters_made_with(today)};
}

}  // namespace latchkey
