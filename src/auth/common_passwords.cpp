#include "common_passwords.hpp"

#include "ascii.hpp"

// Taken in by the assembler: a megabyte of string literals would cost the compiler seconds, and both GCC and clang
// understand this.
asm(".pushsection .rodata\n"
    ".global latchkey_common_passwords_begin\n"
    ".global latchkey_common_passwords_end\n"
    "latchkey_common_passwords_begin:\n"
    ".incbin \"" LATCHKEY_COMMON_PASSWORDS
    "\"\n"
    "latchkey_common_passwords_end:\n"
    ".popsection\n");

extern "C" {
extern const char latchkey_common_passwords_begin[] __attribute__((visibility("hidden")));
extern const char latchkey_common_passwords_end[] __attribute__((visibility("hidden")));
}

namespace latchkey {

std::string_view common_password_list() noexcept {
    return {latchkey_common_passwords_begin,
            static_cast<std::size_t>(latchkey_common_passwords_end - latchkey_common_passwords_begin)};
}

bool is_common_password(std::string_view password) noexcept {
    std::string_view rest = common_password_list();
    while (!rest.empty()) {
        // The line that holds the middle byte.
        const std::size_t before = rest.substr(0, rest.size() / 2).rfind('\n');
        const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
        const std::string_view line = rest.substr(start, rest.find('\n', start) - start);

        const int order = compare_folded(password, line);
        if (order == 0)
            return true;
        if (order < 0)
            rest = rest.substr(0, start);
        else
            rest.remove_prefix(start + line.size() + 1);
    }
    return false;
}

}  // namespace latchkey
