#include "admin_guard.hpp"

#include "text.hpp"

#include <cstddef>

namespace latchkey::http {
namespace {

// Looks at every byte whatever it finds; volatile, so that no compiler finds a way out.
bool same_bytes(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size())
        return false;
    volatile unsigned char differs = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        differs = static_cast<unsigned char>(differs | (a[i] ^ b[i]));
    return differs == 0;
}

}  // namespace

bool admin_guard::shows_token(const request_head& head) const noexcept {
    if (head.is_repeated(field::authorization))
        return false;
    auto shown = head[field::authorization];
    if (!iequals(next_part(shown, ' '), "bearer"))
        return false;
    return same_bytes(trim(shown), token_.reveal());
}

}  // namespace latchkey::http
