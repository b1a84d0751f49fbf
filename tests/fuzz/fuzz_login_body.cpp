// M1: the two forms of a login body over arbitrary bytes.
#include "login_body.hpp"
#include "utf8.hpp"

#include <cstdint>
#include <cstdlib>

using namespace latchkey::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto fields = parse_login(text, data[0] & 1 ? body_format::json : body_format::form);
    if (fields && !(latchkey::is_valid_utf8(fields->email) && latchkey::is_valid_utf8(fields->password.reveal())))
        std::abort();
    (void)form_value(text, "rd");
    (void)format_of(text);
    return 0;
}
