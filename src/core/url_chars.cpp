#include "url_chars.hpp"

#include "byte_lanes.hpp"

namespace latchkey {
namespace {

byte_lanes are_url_chars(byte_lanes c) noexcept {
    return (c > ' ') & (c != 0x7f) & (c != '\\') & (c != '#');
}

}  // namespace

bool has_only_url_chars(std::string_view text) noexcept {
    if (text.size() < lane_count)
        return lane_bits(are_url_chars(load_lanes(text, '/'))) == all_lanes;
    const char* const last = text.data() + text.size() - lane_count;
    byte_lanes all = are_url_chars(load_lanes(last));  // some of those before it are looked at twice
    for (const char* at = text.data(); at < last; at += lane_count)
        all &= are_url_chars(load_lanes(at));
    return lane_bits(all) == all_lanes;
}

}  // namespace latchkey
