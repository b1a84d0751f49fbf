// The origins that a core was asked about last: a proxy asks about the same few all the time, each time by a whole URL.
//
// Remembers of a URL's beginning, up to its path, that it is well formed and where in it the canonical host stands.
// Both follow from the bytes alone, so that nothing in here ever ages. Not thread-safe: the core's own. Allocates
// nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey::http {

class known_origins {
public:
    struct parts {
        std::string_view host;  // as canonical_host() has it
        std::string_view path_and_query;
    };

    // The parts of an absolute URL whose origin is known, as views into it. What they hold from the slash on has not
    // been looked at. Null: parse it.
    std::optional<parts> find(std::string_view url) const noexcept;

    // `url` was found well formed, and has these parts: views into it, its host written in canonical form. Remembered
    // in another one's place, unless there is no path or it is too long.
    void remember(std::string_view url, const parts& of) noexcept;

private:
    static constexpr std::size_t longest = 80, shortest = 8;
    struct entry {
        std::array<char, longest> origin;
        std::uint8_t size = 0, host_at = 0, host_size = 0;
    };
    static std::size_t place_of(std::string_view origin) noexcept;

    std::array<entry, 16> entries_{};
};

}  // namespace latchkey::http
