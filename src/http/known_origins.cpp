#include "known_origins.hpp"

#include <algorithm>
#include <cstring>

namespace latchkey::http {

// By what stands at both ends of a host, mostly: most sites of one domain differ in a few letters. Who chooses origins
// so that they meet has them parsed each time, as before.
std::size_t known_origins::place_of(std::string_view origin) noexcept {
    std::uint64_t first, last;
    std::memcpy(&first, origin.data() + std::min<std::size_t>(shortest, origin.size() - sizeof first), sizeof first);
    std::memcpy(&last, origin.data() + origin.size() - sizeof last, sizeof last);
    return static_cast<std::size_t>((first ^ last << 1 ^ origin.size()) * 0x9e3779b97f4a7c15 >> 60);
}

std::optional<known_origins::parts> known_origins::find(std::string_view url) const noexcept {
    const std::size_t size = url.find('/', shortest);  // behind those of the scheme
    if (size == std::string_view::npos)
        return std::nullopt;
    const entry& known = entries_[place_of({url.data(), size})];
    if (known.size != size || std::memcmp(known.origin.data(), url.data(), size) != 0)
        return std::nullopt;
    return parts{{url.data() + known.host_at, known.host_size}, {url.data() + size, url.size() - size}};
}

void known_origins::remember(std::string_view url, const parts& of) noexcept {
    const std::size_t size = url.size() - of.path_and_query.size();
    if (size < shortest || size > longest || !of.path_and_query.starts_with('/'))
        return;
    entry& to = entries_[place_of({url.data(), size})];
    std::copy_n(url.data(), size, to.origin.data());
    to.size = static_cast<std::uint8_t>(size);
    to.host_at = static_cast<std::uint8_t>(of.host.data() - url.data());
    to.host_size = static_cast<std::uint8_t>(of.host.size());
}

}  // namespace latchkey::http
