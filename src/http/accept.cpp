#include "accept.hpp"

#include "text.hpp"

#include <optional>

namespace latchkey::http {
namespace {

constexpr std::size_t most_entries = 32;  // of a list; browsers send a handful
constexpr std::size_t longest_tag = 35;   // RFC 5646 section 4.4.1

struct weighted {
    std::string_view value;
    unsigned weight = 1000;  // q in thousandths
};

// "0", "1", "0.5", "1.000": at most three decimals, at most 1 (RFC 9110 section 12.4.2). 0 for everything else.
unsigned parse_weight(std::string_view q) noexcept {
    if (q.empty() || q.size() > 5 || (q[0] != '0' && q[0] != '1') || (q.size() > 1 && q[1] != '.'))
        return 0;
    unsigned thousandths = q[0] == '1' ? 1000 : 0;
    unsigned unit = 100;
    for (const char c : q.substr(q.size() > 1 ? 2 : 1)) {
        if (!is_digit(c))
            return 0;
        thousandths += unit * static_cast<unsigned>(c - '0');
        unit /= 10;
    }
    return thousandths <= 1000 ? thousandths : 0;
}

// Takes the next entry off `list`.
weighted next_entry(std::string_view& list) noexcept {
    auto entry = next_part(list, ',');
    weighted out{trim(next_part(entry, ';'))};
    while (!entry.empty()) {
        auto value = next_part(entry, ';');
        const auto name = trim(next_part(value, '='));
        if (iequals(name, "q"))
            out.weight = parse_weight(trim(value));
    }
    return out;
}

std::optional<std::size_t> position_of(std::string_view tag, std::span<const std::string> available) noexcept {
    for (std::size_t i = 0; i < available.size(); ++i)
        if (iequals(tag, available[i]))
            return i;
    return std::nullopt;
}

// RFC 4647 section 3.4: the range, then the range without its last part, and so on.
std::optional<std::size_t> look_up(std::string_view range, std::span<const std::string> available) noexcept {
    if (range.size() > longest_tag)
        return std::nullopt;
    while (!range.empty()) {
        if (const auto found = position_of(range, available))
            return found;
        auto cut = range.rfind('-');
        if (cut == range.npos)
            break;
        if (cut >= 2 && range[cut - 2] == '-')  // a single letter only introduces what follows
            cut -= 2;
        range = range.substr(0, cut);
    }
    return std::nullopt;
}

}  // namespace

bool names_html(std::string_view accept) noexcept {
    return names_type(accept, "text/html");
}

bool names_type(std::string_view accept, std::string_view type) noexcept {
    for (std::size_t n = 0; n < most_entries && !accept.empty(); ++n) {
        const auto entry = next_entry(accept);
        if (iequals(entry.value, type) && entry.weight > 0)
            return true;
    }
    return false;
}

std::size_t choose_language(std::string_view accept_language, std::span<const std::string> available) noexcept {
    std::size_t best = 0;
    unsigned best_weight = 0;
    for (std::size_t n = 0; n < most_entries && !accept_language.empty(); ++n) {
        const auto entry = next_entry(accept_language);
        if (entry.weight <= best_weight)
            continue;
        // "*" is content with the default.
        const auto found = entry.value == "*" ? std::optional<std::size_t>(0) : look_up(entry.value, available);
        if (!found)
            continue;
        best = *found;
        best_weight = entry.weight;
    }
    return best;
}

}  // namespace latchkey::http
