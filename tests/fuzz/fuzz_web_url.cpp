// M1, X2: whatever `rd` holds, it leads to an allowed host or nowhere.
#include "safe_redirect.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace latchkey::http;

namespace {

// Written without the parser under test: whether a Location leads to an allowed host, on the usual port, and says so in
// one way only.
bool is_allowed(std::string_view location) {
    constexpr std::string_view scheme = "https://", parent = ".apps.example.com";
    if (!std::all_of(location.begin(), location.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; }))
        return false;
    if (location.starts_with('/'))
        return !location.starts_with("//");
    if (!location.starts_with(scheme))
        return false;
    const auto rest = location.substr(scheme.size());
    const auto slash = rest.find('/');
    const auto host = rest.substr(0, slash);
    if (slash == std::string_view::npos || host.find_first_of(":@?#[]%") != std::string_view::npos)
        return false;
    return host == "auth.example.com" || host == "app.example.com" ||
           (host.size() > parent.size() && host.ends_with(parent));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const safe_redirect redirect("https://auth.example.com", {{"app.example.com", "*.apps.example.com"}});
    const auto target = redirect.check({reinterpret_cast<const char*>(data), size});
    if (target && (!is_allowed(*target) || redirect.check(*target) != target))
        std::abort();
    return 0;
}
