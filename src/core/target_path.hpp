// The path somebody asks for, in the form that access rules are compared with.
//
// Servers behind a proxy disagree about what a path means: an encoded slash, `;parameters`, an encoded `?` or `#`, a
// second round of decoding, two slashes at the start. Where a path can be read in more than one way, every reading is
// handed out and the strictest outcome counts; what no honest client sends is refused (requirements F2 and F5).
// docs/decisions/0013-two-readings-of-a-path.md says why.
#pragma once

#include <latchkey/error.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace latchkey {

class target_path {
public:
    static constexpr std::size_t most_readings = 4;

    // `raw`: from the first slash up to before the `?`. The readings are views into `raw`, or into `scratch`, whose
    // former content is lost and whose capacity is reused: a path that is canonical already allocates nothing.
    //
    // errc::invalid_request, after which access must be denied: no slash at the start; a control, space or high byte,
    // a backslash, a `?` or a `#` as such; an encoding that is none; an encoded control byte or backslash, bytes that
    // are no UTF-8; a segment that is "." or ".." in some reading; more than two kinds of ambiguity at a time.
    static result<target_path> parse(std::string_view raw, std::string& scratch);

    // The first is the literal one: decoded once, but for encoded slashes, which stand as "%2F"; runs of slashes made
    // one. Never empty, no two alike.
    std::span<const std::string_view> readings() const noexcept { return {readings_.data(), count_}; }
    std::string_view literal() const noexcept { return readings_.front(); }

private:
    target_path() = default;
    std::array<std::string_view, most_readings> readings_{};
    std::size_t count_ = 0;
};

}  // namespace latchkey
