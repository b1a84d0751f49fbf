// M1: the two forms of a body with passwords over arbitrary bytes.
#include "body_fields.hpp"
#include "form_fields.hpp"
#include "login_body.hpp"
#include "utf8.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>

using namespace latchkey::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto format = data[0] & 1 ? body_format::json : body_format::form;
    const auto fields = parse_login(text, format);
    if (fields && !(latchkey::is_valid_utf8(fields->email) && latchkey::is_valid_utf8(fields->password.reveal())))
        std::abort();
    latchkey::secret current, fresh;
    const std::array passwords{body_field{"current_password", &current}, body_field{"new_password", &fresh}};
    if (read_body(text, format, passwords) &&
        !(latchkey::is_valid_utf8(current.reveal()) && latchkey::is_valid_utf8(fresh.reveal())))
        std::abort();
    (void)form_value(text, "rd");
    (void)format_of(text);
    return 0;
}
