// M1: what a device cookie holds. Nothing that this server did not write vouches for anybody, in any spelling.
#include "device_token.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

using namespace latchkey;

namespace {

// Another one each time: else what a run learned of its good token, and kept in the corpus, is genuine in the next.
secret key() {
    secret out = secret::of_size(mac::key_size);
    std::random_device source;
    std::generate(out.writable().begin(), out.writable().end(), [&] { return static_cast<char>(source()); });
    return out;
}

}  // namespace

// The input as a token; and a good one with the input put in somewhere: the first byte says where, the second in place
// of how much.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const manual_clock time;
    static const device_tokens tokens(key(), seconds{86'400}, time);
    static const std::string good(tokens.after_login("", "ada@example.com").reveal());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto known = tokens.read(text);
    if (known && text != good)
        std::abort();
    (void)tokens.after_login(text, "ada@example.com");
    if (size < 2)
        return 0;
    std::string changed = good;
    changed.replace(data[0] % (good.size() + 1), data[1] % 4, text.substr(2));
    if (changed != good && tokens.read(changed))
        std::abort();
    return 0;
}
