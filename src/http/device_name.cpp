#include "device_name.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>

namespace latchkey::http {
namespace {

struct sign {
    std::string_view text;
    std::string_view meaning;
};

// In this order: most browsers also claim to be those that stand further down.
constexpr auto browsers = std::to_array<sign>({
    {"Edg/", "Edge"},
    {"EdgA/", "Edge"},
    {"EdgiOS/", "Edge"},
    {"OPR/", "Opera"},
    {"OPiOS/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"Vivaldi/", "Vivaldi"},
    {"YaBrowser/", "Yandex Browser"},
    {"DuckDuckGo/", "DuckDuckGo"},
    {"FxiOS/", "Firefox"},
    {"Firefox/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"Chromium/", "Chromium"},
    {"Chrome/", "Chrome"},  // HeadlessChrome/ too
    {"Version/", "Safari"},
});

constexpr auto systems = std::to_array<sign>({
    {"Windows", "Windows"},
    {"iPhone", "iPhone"},
    {"iPad", "iPad"},
    {"Android", "Android"},
    {"CrOS", "ChromeOS"},
    {"Macintosh", "macOS"},
    {"Linux", "Linux"},
    {"FreeBSD", "FreeBSD"},
    {"OpenBSD", "OpenBSD"},
    {"NetBSD", "NetBSD"},
});

template <std::size_t N>
std::string_view find(const std::array<sign, N>& signs, std::string_view text) noexcept {
    const auto found = std::find_if(signs.begin(), signs.end(),
                                    [&](const sign& s) { return text.find(s.text) != std::string_view::npos; });
    return found == signs.end() ? std::string_view{} : found->meaning;
}

constexpr bool is_product_character(char c) noexcept {
    return is_alnum(c) || c == '-' || c == '_' || c == '.';
}

// "curl" of "curl/7.88.1": what programs begin with.
std::string_view product(std::string_view text) noexcept {
    constexpr std::size_t longest = 40;
    std::size_t n = 0;
    while (n < text.size() && is_product_character(text[n]))
        ++n;
    const bool ends_well = n == text.size() || text[n] == '/' || text[n] == ' ';
    return ends_well && n <= longest ? text.substr(0, n) : std::string_view{};
}

}  // namespace

device_name name_device(std::string_view user_agent) noexcept {
    const auto system = find(systems, user_agent);
    if (user_agent.starts_with("Mozilla/"))
        return {find(browsers, user_agent), system};
    return {product(user_agent), system};
}

}  // namespace latchkey::http
