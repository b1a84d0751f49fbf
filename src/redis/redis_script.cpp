#include "redis_script.hpp"

#include "redis_reply.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include <openssl/evp.h>

namespace latchkey {
namespace {

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
        throw std::runtime_error("no SHA-1 in this OpenSSL");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += digits[digest[i] >> 4U];
        hex += digits[digest[i] & 15U];
    }
    return hex;
}

std::string call(std::string_view verb, std::string_view what, const std::vector<std::string_view>& arguments) {
    std::vector<std::string_view> words{verb, what, "0"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return redis_command(words);
}

}  // namespace

redis_script::redis_script(std::string text) : text_(std::move(text)), digest_(sha1_hex(text_)) {
}

std::string redis_script::by_digest(const std::vector<std::string_view>& arguments) const {
    return call("EVALSHA", digest_, arguments);
}

std::string redis_script::in_full(const std::vector<std::string_view>& arguments) const {
    return call("EVAL", text_, arguments);
}

}  // namespace latchkey
