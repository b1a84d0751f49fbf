#include "phc.hpp"

#include <charconv>
#include <optional>

namespace latchkey {
namespace {

bool take(std::string_view& rest, std::string_view expected) noexcept {
    if (!rest.starts_with(expected))
        return false;
    rest.remove_prefix(expected.size());
    return true;
}

// A decimal number of its shortest form, from 1 to `most`.
std::optional<std::uint32_t> take_number(std::string_view& rest, std::uint32_t most) noexcept {
    std::uint32_t value = 0;
    const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (fault != std::errc{} || rest.front() == '0' || value > most)
        return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return value;
}

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// How many bytes `text` stands for as unpadded base64; nothing when it isn't canonical.
std::optional<std::size_t> decoded_size(std::string_view text) noexcept {
    if (text.empty() || text.size() % 4 == 1 || text.find_first_not_of(base64_digits) != std::string_view::npos)
        return std::nullopt;
    const std::size_t unused_bits = text.size() * 6 % 8;
    if (base64_digits.find(text.back()) % (std::size_t{1} << unused_bits) != 0)
        return std::nullopt;
    return text.size() * 6 / 8;
}

bool is_within(std::optional<std::size_t> size, std::size_t shortest, std::size_t longest) noexcept {
    return size && *size >= shortest && *size <= longest;
}

}  // namespace

result<phc_parameters> parse_phc(std::string_view text) noexcept {
    using namespace argon2_bounds;
    if (!take(text, "$argon2id$v=19$m="))
        return errc::unsupported_hash;
    const auto memory = take_number(text, largest_memory);
    if (!memory || !take(text, ",t="))
        return errc::unsupported_hash;
    const auto iterations = take_number(text, most_iterations);
    if (!iterations || !take(text, ",p="))
        return errc::unsupported_hash;
    const auto lanes = take_number(text, most_lanes);
    if (!lanes || !take(text, "$") || *memory < smallest_memory * *lanes)
        return errc::unsupported_hash;

    // A further `$` ends up in the tag, whose alphabet lacks it.
    const std::size_t dollar = text.find('$');
    if (dollar == std::string_view::npos)
        return errc::unsupported_hash;
    const auto salt = decoded_size(text.substr(0, dollar));
    const auto tag = decoded_size(text.substr(dollar + 1));
    if (!is_within(salt, shortest_salt, longest_salt) || !is_within(tag, shortest_tag, longest_tag))
        return errc::unsupported_hash;
    return phc_parameters{*memory, *iterations, *lanes, *salt, *tag};
}

}  // namespace latchkey
