#include "session_rows.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <arpa/inet.h>

namespace latchkey {
namespace {

// Far enough from either end of 64 bits that sums of such times never overflow.
constexpr long long latest_second = 1LL << 40;

// The value of each lower-case hex digit, a number above 15 for all else.
constexpr std::array<std::uint8_t, 256> digit_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(0xff);
    for (std::uint8_t value = 0; value < 16; ++value)
        values[static_cast<unsigned char>("0123456789abcdef"[value])] = value;
    return values;
}();

// public_id::parse() for ids and keys, at a third of its time: a million rows have four of them each.
template <std::size_t Size>
bool parse_hex(const std::string& text, std::array<std::uint8_t, Size>& bytes) noexcept {
    if (text.size() != 2 * Size)
        return false;
    unsigned seen = 0;
    for (std::size_t i = 0; i < Size; ++i) {
        const unsigned high = digit_values[static_cast<unsigned char>(text[2 * i])];
        const unsigned low = digit_values[static_cast<unsigned char>(text[2 * i + 1])];
        seen |= high | low;
        bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return seen < 16;
}

std::optional<client_address> parse_address(const std::string& text) {
    client_address address;
    if (text.empty())
        return address;
    if (text.find(':') != std::string::npos) {
        if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1)
            return address;
    } else if (inet_pton(AF_INET, text.c_str(), address.bytes.data() + 12) == 1) {
        address.bytes[10] = address.bytes[11] = 0xff;
        return address;
    }
    return std::nullopt;
}

// Nearly all are plain ASCII, and short enough since they were written.
bool is_plain(const std::string& user_agent) noexcept {
    return user_agent.size() <= 128 && std::ranges::all_of(user_agent, [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_time(long long seconds_since_1970) noexcept {
    return seconds_since_1970 > -latest_second && seconds_since_1970 < latest_second;
}

time_point to_time_point(long long seconds_since_1970) noexcept {
    return time_point{seconds{seconds_since_1970}};
}

}  // namespace

const char* const session_columns =
    "id, token_hash, rotated_from, user_id, remembered, ip, user_agent, created_at, authenticated_at, last_seen_at,"
    " expires_at, rotated_at";

void write_key(const session_key& key, std::string& text) {
    text.resize(4 * sizeof(public_id));
    for (const std::size_t half : {0U, 1U}) {
        public_id part;
        std::copy_n(key.bytes.begin() + static_cast<std::ptrdiff_t>(half * sizeof part), sizeof part,
                    part.bytes.begin());
        part.write(text.data() + half * 2 * sizeof part);
    }
}

void session_row::exchange_with(soci::statement& rows) {
    rows.exchange(soci::into(id_));
    rows.exchange(soci::into(token_hash_));
    rows.exchange(soci::into(rotated_from_, has_rotated_from_));
    rows.exchange(soci::into(user_id_));
    rows.exchange(soci::into(remembered_));
    rows.exchange(soci::into(ip_));
    rows.exchange(soci::into(user_agent_));
    rows.exchange(soci::into(created_at_));
    rows.exchange(soci::into(authenticated_at_));
    rows.exchange(soci::into(last_seen_at_));
    rows.exchange(soci::into(expires_at_));
    rows.exchange(soci::into(rotated_at_, has_rotated_at_));
}

bool session_row::read_rotation(journal_entry& out) const {
    out.rotated_from.reset();
    out.rotated_at = {};
    if (has_rotated_from_ != soci::i_ok)
        return true;
    session_key from;
    if (!parse_hex(rotated_from_, from.bytes) || has_rotated_at_ != soci::i_ok || !is_time(rotated_at_))
        return false;
    out.rotated_from = from;
    out.rotated_at = to_time_point(rotated_at_);
    return true;
}

bool session_row::read(journal_entry& out) const {
    const auto ip = parse_address(ip_);
    if (!parse_hex(id_, out.id.bytes) || !parse_hex(user_id_, out.user.bytes) ||
        !parse_hex(token_hash_, out.key.bytes) || !ip || (remembered_ != 0 && remembered_ != 1) || !read_rotation(out))
        return false;
    for (const long long time : {created_at_, authenticated_at_, last_seen_at_, expires_at_})
        if (!is_time(time))
            return false;
    if (!is_plain(user_agent_) && user_agent_ != shorten_user_agent(user_agent_))
        return false;
    out.remembered = remembered_ != 0;
    out.ip = *ip;
    out.user_agent = user_agent_;
    out.created_at = to_time_point(created_at_);
    out.authenticated_at = to_time_point(authenticated_at_);
    out.last_seen_at = to_time_point(last_seen_at_);
    out.expires_at = to_time_point(expires_at_);
    return true;
}

}  // namespace latchkey
