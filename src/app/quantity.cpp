#include "quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace latchkey {
namespace {

struct unit {
    std::string_view name;
    std::uint64_t scale;
};

// Larger first: both parsing and printing go down these lists.
constexpr std::array<unit, 5> time_units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit, 4> size_units{{{"GiB", 1U << 30}, {"MiB", 1U << 20}, {"KiB", 1U << 10}, {"B", 1}}};

// Ten digits are more than any key can mean, and leave room for every scale above in 64 bits together.
constexpr std::size_t max_digits = 10;

// Takes the number at the front of `rest`.
std::optional<std::uint64_t> take_number(std::string_view& rest) {
    const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    std::uint64_t value = 0;
    if (digits == 0 || digits > max_digits)
        return std::nullopt;
    std::from_chars(rest.data(), rest.data() + digits, value);
    rest.remove_prefix(digits);
    return value;
}

std::string_view take_unit(std::string_view& rest) {
    const auto end = std::min(rest.find_first_of("0123456789"), rest.size());
    const auto name = rest.substr(0, end);
    rest.remove_prefix(end);
    return name;
}

template <std::size_t N>
const unit* find_unit(const std::array<unit, N>& units, std::string_view name) {
    const auto it = std::find_if(units.begin(), units.end(), [&](const unit& u) { return u.name == name; });
    return it == units.end() ? nullptr : &*it;
}

}  // namespace

parsed<milliseconds> parse_duration(std::string_view text) {
    const refusal bad{"is not a duration: write a number and d, h, m, s or ms, such as \"30m\" or \"1h30m\""};
    std::uint64_t total = 0;
    const unit* previous = nullptr;
    std::string_view rest = text;
    do {
        const auto number = take_number(rest);
        const unit* u = number ? find_unit(time_units, take_unit(rest)) : nullptr;
        if (!u || (previous && u <= previous))
            return bad;
        total += *number * u->scale;
        previous = u;
    } while (!rest.empty());
    return milliseconds{static_cast<std::int64_t>(total)};
}

std::string format_duration(milliseconds duration) {
    auto left = static_cast<std::uint64_t>(duration.count());
    std::string out;
    for (const auto& u : time_units) {
        if (left >= u.scale)
            out.append(std::to_string(left / u.scale)).append(u.name);
        left %= u.scale;
    }
    return out.empty() ? "0s" : out;
}

parsed<std::uint64_t> parse_size(std::string_view text) {
    const refusal bad{"is not a size: write a number of bytes, or one with KiB, MiB or GiB, such as \"16KiB\""};
    std::string_view rest = text;
    const auto number = take_number(rest);
    const unit* u = number ? find_unit(size_units, rest.empty() ? "B" : rest) : nullptr;
    if (!u)
        return bad;
    return *number * u->scale;
}

std::string format_size(std::uint64_t bytes) {
    const auto fits = [&](const unit& u) { return bytes != 0 && bytes % u.scale == 0; };
    const auto* u = std::find_if(size_units.begin(), size_units.end(), fits);
    if (u == size_units.end())
        return "0B";
    return std::to_string(bytes / u->scale).append(u->name);
}

parsed<std::uint64_t> parse_count(std::string_view text) {
    const auto number = take_number(text);
    if (!number || !text.empty())
        return refusal{"is not a whole number"};
    return *number;
}

}  // namespace latchkey
