#include "throttle_asker.hpp"

#include <algorithm>
#include <cstdint>

namespace latchkey {
namespace {

constexpr std::size_t client_at = 9, label_at = 25;

std::uint32_t number_at(std::string_view bytes, std::size_t at) noexcept {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i)
        out = out << 8U | static_cast<unsigned char>(bytes[at + i]);
    return out;
}

}  // namespace

std::optional<kept_throttle> read_throttle(std::string_view key, std::string_view record) noexcept {
    kept_throttle out;
    if (key.size() != out.key.bytes.size() || record.size() < label_at)
        return {};
    std::copy(key.begin(), key.end(), out.key.bytes.begin());
    out.state = {number_at(record, 0), time_point{seconds{number_at(record, 4)}}};
    out.kind = static_cast<throttle_kind>(record[8]);
    std::copy_n(record.begin() + client_at, out.client.size(), out.client.begin());
    out.label = record.substr(label_at);
    // What is shown to people was an address once.
    if (!is_kind(out.kind) || (!out.label.empty() && !may_be_shown(out.label)))
        return {};
    return out;
}

}  // namespace latchkey
