#include "console_logger.hpp"

#include "wording.hpp"

#include <exception>
#include <ostream>

namespace latchkey {

void console_logger::write(log_level level, std::string_view event, std::initializer_list<log_field> fields) noexcept
    try {
    if (level != log_level::warn && level != log_level::error)
        return;
    io_.err << "latchkey: " << event;
    for (const auto& field : fields)
        if (const auto* text = std::get_if<std::string_view>(&field.value))
            io_.err << ' ' << field.name << '=' << in_quotes(*text);
    io_.err << '\n';
} catch (const std::exception&) {
    // A stream that fails: there is nobody left to tell.
}

}  // namespace latchkey
