#include <latchkey/email.hpp>

#include <algorithm>
#include <cstddef>

namespace latchkey {
namespace {

constexpr std::size_t longest_label = 63;  // RFC 1035 2.3.4

constexpr bool is_lower_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

constexpr char fold(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 5322's atext, and dots anywhere: some carriers hand out addresses with doubled or trailing ones.
constexpr bool is_local_character(char c) noexcept {
    return is_lower_or_digit(c) || std::string_view{".!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

bool is_label(std::string_view label) noexcept {
    return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_domain(std::string_view domain) noexcept {
    for (std::size_t dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.')) {
        if (!is_label(domain.substr(0, dot)))
            return false;
        domain.remove_prefix(dot + 1);
    }
    return is_label(domain);
}

}  // namespace

result<email_address> email_address::parse(std::string_view text) {
    if (text.size() > longest)
        return errc::invalid_email;
    std::string folded(text);
    std::ranges::transform(folded, folded.begin(), fold);

    // A second `@` lands in the domain, where no label takes it.
    const std::string_view whole = folded;
    const std::size_t at = whole.find('@');
    if (at == 0 || at == std::string_view::npos)
        return errc::invalid_email;
    if (!std::ranges::all_of(whole.substr(0, at), is_local_character) || !is_domain(whole.substr(at + 1)))
        return errc::invalid_email;
    return email_address(std::move(folded));
}

}  // namespace latchkey
