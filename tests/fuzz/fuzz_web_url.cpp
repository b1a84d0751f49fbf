// M1, X2: whatever `rd` holds, it leads to an allowed host or nowhere.
#include "safe_redirect.hpp"
#include "web_url.hpp"

#include <cstdint>
#include <cstdlib>

using namespace latchkey::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const safe_redirect redirect("https://auth.example.com", {{"app.example.com", "*.apps.example.com"}});
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto target = redirect.check(text);
    if (!target || is_local_path(*target))
        return 0;
    const bool allowed = target->starts_with("https://auth.example.com/") ||
                         target->starts_with("https://app.example.com/") ||
                         target->find(".apps.example.com/") != std::string::npos;
    if (!allowed || target->find_first_of("\r\n\\@ ") < target->find('/', 8))
        std::abort();
    return 0;
}
