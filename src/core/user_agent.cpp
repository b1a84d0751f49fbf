#include "utf8.hpp"

#include <latchkey/session.hpp>

namespace latchkey {

std::string shorten_user_agent(std::string_view text) {
    constexpr std::size_t longest = 128;
    std::string kept;
    while (!text.empty()) {
        const char* start = text.data();
        const auto c = take_code_point(text);
        if (!c || is_control(*c))
            continue;
        const auto length = static_cast<std::size_t>(text.data() - start);
        if (kept.size() + length > longest)
            break;
        kept.append(start, length);
    }
    return kept;
}

}  // namespace latchkey
