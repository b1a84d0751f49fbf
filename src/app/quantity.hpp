// Durations and sizes as people write them: "30m", "1h30m", "500ms"; "16KiB", "19MiB", "4096".
//
// Strict on purpose: no signs, fractions or spaces, no unit that can be read two ways ("16KB").
#pragma once

#include <latchkey/clock.hpp>

#include <boost/system/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey {

// Why a text was refused, as the end of a sentence that names it.
struct refusal {
    std::string reason;
};

template <class T>
using parsed = boost::system::result<T, refusal>;

// Units d, h, m, s and ms, each at most once, the larger first.
parsed<milliseconds> parse_duration(std::string_view text);
// The shortest text that parse_duration() reads back: 90 s is "1m30s".
std::string format_duration(milliseconds duration);

// Bytes, with B, KiB, MiB or GiB, or without a unit.
parsed<std::uint64_t> parse_size(std::string_view text);
// In the largest unit that divides it: 16384 is "16KiB", 1000 is "1000B".
std::string format_size(std::uint64_t bytes);

// Digits alone.
parsed<std::uint64_t> parse_count(std::string_view text);

}  // namespace latchkey
