// As bytes: version 1, id 16, time 4 (seconds since 1970, big-endian), how many accounts 1, tags 8 each, MAC 16; as
// text base64url of that.
#include "device_token.hpp"

#include "base64url.hpp"
#include "tokens.hpp"

#include <algorithm>
#include <span>

namespace latchkey {
namespace {

constexpr std::uint8_t token_version = 1;
constexpr std::size_t id_at = 1, time_at = 17, count_at = 21, tags_at = 22;
constexpr std::size_t tag_size = std::tuple_size_v<known_device::account_tag>;
constexpr std::size_t seal_size = std::tuple_size_v<mac::tag>;
constexpr std::size_t longest_token = tags_at + known_device::most_accounts * tag_size + seal_size;

using token_bytes = std::array<std::uint8_t, longest_token>;

std::uint32_t read_seconds(const std::uint8_t* four) noexcept {
    return std::uint32_t{four[0]} << 24 | std::uint32_t{four[1]} << 16 | std::uint32_t{four[2]} << 8 | four[3];
}

void write_seconds(std::uint32_t value, std::uint8_t* four) noexcept {
    for (int i = 3; i >= 0; --i, value >>= 8)
        four[i] = static_cast<std::uint8_t>(value);
}

}  // namespace

device_tokens::device_tokens(const secret& key, seconds memory, const clock& time)
    : seal_(key, "device token"), tags_(key, "device account"), memory_(memory), time_(time) {
}

std::optional<known_device> device_tokens::read(std::string_view token) const noexcept {
    token_bytes raw;
    const auto size = read_base64url(token, raw);
    if (!size || *size < tags_at + seal_size)
        return std::nullopt;
    const std::size_t count = raw[count_at];
    if (raw[0] != token_version || count == 0 || count > known_device::most_accounts ||
        *size != tags_at + count * tag_size + seal_size)
        return std::nullopt;
    const auto sealed = std::span(raw).first(*size - seal_size);
    const auto seal = seal_.of({sealed});
    if (!is_same_tag(seal, std::span(raw).subspan(sealed.size(), seal_size)))
        return std::nullopt;

    known_device out;
    out.count = count;
    out.issued = time_point{seconds{read_seconds(&raw[time_at])}};
    std::copy_n(&raw[id_at], out.id.bytes.size(), out.id.bytes.begin());
    for (std::size_t i = 0; i < count; ++i)
        std::copy_n(&raw[tags_at + i * tag_size], tag_size, out.accounts[i].begin());
    const time_point now = time_.now();
    if (out.issued > now || now - out.issued >= memory_)
        return std::nullopt;
    return out;
}

bool device_tokens::vouches(const known_device& device, std::string_view account) const noexcept {
    const auto wanted = tag_of(device.id, account);
    bool found = false;
    for (std::size_t i = 0; i < device.count; ++i)
        found |= is_same_tag(device.accounts[i], wanted);
    return found;
}

secret device_tokens::after_login(std::string_view token, std::string_view account) const {
    auto device = read(token);
    if (device && vouches(*device, account))
        return {};
    if (!device) {
        device.emplace();
        device->id.bytes = random_public_id().bytes;
        device->issued = time_.now();
    }
    device->count = std::min(device->count + 1, known_device::most_accounts);
    std::shift_right(device->accounts.begin(), device->accounts.end(), 1);
    device->accounts[0] = tag_of(device->id, account);
    return write(*device);
}

known_device::account_tag device_tokens::tag_of(const device_id& device, std::string_view account) const noexcept {
    const auto whole = tags_.of({device.bytes, bytes_of(account)});
    known_device::account_tag out;
    std::copy_n(whole.begin(), out.size(), out.begin());
    return out;
}

secret device_tokens::write(const known_device& device) const {
    token_bytes raw{};
    raw[0] = token_version;
    std::copy(device.id.bytes.begin(), device.id.bytes.end(), &raw[id_at]);
    write_seconds(static_cast<std::uint32_t>(device.issued.time_since_epoch().count()), &raw[time_at]);
    raw[count_at] = static_cast<std::uint8_t>(device.count);
    for (std::size_t i = 0; i < device.count; ++i)
        std::copy(device.accounts[i].begin(), device.accounts[i].end(), &raw[tags_at + i * tag_size]);
    const auto sealed = std::span(raw).first(tags_at + device.count * tag_size);
    const auto seal = seal_.of({sealed});
    std::copy(seal.begin(), seal.end(), &raw[sealed.size()]);
    return write_base64url(std::span(raw).first(sealed.size() + seal_size));
}

}  // namespace latchkey
