#include "token_keys.hpp"

#include <algorithm>
#include <utility>

namespace latchkey {

token_keys::token_keys(signing_key current, std::optional<signing_key> next, std::optional<signing_key> retiring)
    : keys_{std::move(current), std::move(next), std::move(retiring)} {
    for (auto* later : {&keys_[1], &keys_[2]})
        if (*later && by_header((*later)->header()) != &**later)
            later->reset();
}

const signing_key* token_keys::by_header(std::string_view encoded_header) const noexcept {
    for (const auto& key : keys_)
        if (key && key->header() == encoded_header)
            return &*key;
    return nullptr;
}

bool token_keys::operator==(const token_keys& other) const noexcept {
    const auto id_of = [](const std::optional<signing_key>& key) { return key ? key->id() : std::string_view(); };
    return std::equal(keys_.begin(), keys_.end(), other.keys_.begin(),
                      [&](const auto& a, const auto& b) { return id_of(a) == id_of(b); });
}

std::string token_keys::jwks() const {
    std::string out = R"({"keys":[)";
    const auto begin = out.size();
    for (const auto& key : keys_)
        if (const auto jwk = key ? key->public_jwk() : std::string(); !jwk.empty())
            out.append(out.size() == begin ? "" : ",").append(jwk);
    return out.append("]}");
}

}  // namespace latchkey
