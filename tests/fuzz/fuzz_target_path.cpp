// M1, F5: whatever path and host come in, what comes out is canonical, and its readings are what they claim to be.
#include "target_host.hpp"
#include "target_path.hpp"

#include <cstdint>
#include <cstdlib>

using namespace latchkey;

namespace {

void expect(bool holds) {
    if (!holds)
        std::abort();
}

void check_path(std::string_view raw) {
    std::string scratch;
    const auto path = target_path::parse(raw, scratch);
    if (!path)
        return;
    expect(!path->readings().empty() && path->readings().size() <= target_path::most_readings);
    for (const auto reading : path->readings()) {
        expect(reading.starts_with('/') && reading.find("//") == std::string_view::npos);
        expect((std::string(reading) + '/').find("/../") == std::string::npos);
        expect((std::string(reading) + '/').find("/./") == std::string::npos);
        for (const char c : reading)
            expect(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '\\');
    }
}

void check_host(std::string_view raw) {
    std::string scratch, again;
    const auto host = canonical_host(raw, scratch);
    if (!host)
        return;
    const auto twice = canonical_host(*host, again);
    expect(!host->empty() && twice && *twice == *host);
    for (const char c : *host)
        expect(!(c >= 'A' && c <= 'Z') && static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_path(text);
    check_path('/' + std::string(text));
    check_host(text);
    return 0;
}
