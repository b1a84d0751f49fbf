#include "refresh_token.hpp"

#include "base64url.hpp"
#include "tokens.hpp"

#include <algorithm>
#include <span>

namespace latchkey {
namespace {

constexpr std::size_t user_at = 0, session_at = 16, random_at = 32, tag_at = 64;
constexpr std::size_t raw_size = tag_at + std::tuple_size_v<mac::tag>;

using raw_refresh_token = std::array<std::uint8_t, raw_size>;

void wipe_bytes(std::span<std::uint8_t> bytes) noexcept {
    wipe({reinterpret_cast<char*>(bytes.data()), bytes.size()});
}

}  // namespace

refresh_token::~refresh_token() {
    wipe_bytes(random);
}

refresh_tokens::refresh_tokens(const secret& key)
    : seal_(key, "refresh token"), keys_(key, "refresh key"), successors_(key, "refresh successor") {
}

refresh_token refresh_tokens::make(const public_id& user, const public_id& session) {
    refresh_token out;
    out.user = user;
    out.session = session;
    fill_with_randomness(out.random);
    return out;
}

refresh_token refresh_tokens::successor_of(const refresh_token& token) const noexcept {
    refresh_token out = token;
    out.random = successors_.digest_of({token.user.bytes, token.session.bytes, token.random});
    return out;
}

session_key refresh_tokens::key_of(const refresh_token& token) const noexcept {
    return {keys_.digest_of({token.random})};
}

secret refresh_tokens::write(const refresh_token& token) const {
    raw_refresh_token raw;
    std::copy(token.user.bytes.begin(), token.user.bytes.end(), &raw[user_at]);
    std::copy(token.session.bytes.begin(), token.session.bytes.end(), &raw[session_at]);
    std::copy(token.random.begin(), token.random.end(), &raw[random_at]);
    const auto tag = seal(token);
    std::copy(tag.begin(), tag.end(), &raw[tag_at]);
    secret out = write_base64url(raw);
    wipe_bytes(raw);
    return out;
}

std::optional<refresh_token> refresh_tokens::read(std::string_view text) const noexcept {
    raw_refresh_token raw;
    if (text.size() != length || read_base64url(text, raw) != raw_size)
        return std::nullopt;
    refresh_token token;
    std::copy_n(&raw[user_at], token.user.bytes.size(), token.user.bytes.begin());
    std::copy_n(&raw[session_at], token.session.bytes.size(), token.session.bytes.begin());
    std::copy_n(&raw[random_at], token.random.size(), token.random.begin());
    const bool genuine = is_same_tag(seal(token), std::span(raw).subspan(tag_at));
    wipe_bytes(raw);
    if (!genuine)
        return std::nullopt;
    return token;
}

mac::tag refresh_tokens::seal(const refresh_token& token) const noexcept {
    return seal_.of({token.user.bytes, token.session.bytes, token.random});
}

}  // namespace latchkey
