// M1: a token's text, and the keys that may have signed it (J1, J2, J4). What is taken apart is written in one way
// only, and no text but one that a key of ours signed passes for its own.
#include "base64url_lookup.hpp"
#include "compact_jws.hpp"
#include "token_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace latchkey;

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

// Whether it is one of ours, checked for what must hold of every text.
bool passes(std::string_view text, const token_keys& keys) {
    const auto jws = compact_jws::make(text);
    if (!jws)
        return false;
    require(text.size() <= compact_jws::largest && std::count(text.begin(), text.end(), '.') == 2);
    require(text.starts_with(jws->signing_input()) && jws->signing_input().starts_with(jws->header()));
    require(!jws->payload().empty() && !jws->signature().empty());
    require(is_base64url(jws->header()) && is_base64url(text.substr(jws->signing_input().size() + 1)));
    const auto* key = keys.by_header(jws->header());
    require(!key || key->header() == jws->header());
    return key && key->verify(jws->signing_input(), jws->signature());
}

}  // namespace

// The input as a token; and a good one with the input put in somewhere: the first two bytes say where, the third in
// place of how much.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const token_keys keys(signing_key::generate(token_algorithm::ed25519),
                                 signing_key::generate(token_algorithm::hs256),
                                 signing_key::generate(token_algorithm::es256));
    static const std::string good = keys.sign(R"({"iss":"https://auth.example.com","sub":"ada"})").value();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    require(text == good || !passes(text, keys));
    if (size < 3)
        return 0;
    std::string changed = good;
    changed.replace((data[0] * 256U + data[1]) % (good.size() + 1), data[2] % 8, text.substr(3));
    require(passes(changed, keys) == (changed == good));
    return 0;
}
