// The whole list of revocations as one JSON text, rendered once for all who ask in the same state of it.
#pragma once

#include "core_context.hpp"
#include "mutex.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/revocations.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace latchkey::http {

class revocation_page {
public:
    struct content {
        std::uint64_t version = 0;
        time_point made;
        seconds wall_ahead{};  // as it was then
        coarse_ms made_ms = 0;
        std::string text;  // {"version":…,"complete":…,"revoked":[{"sid":…,"exp":…},…]}
    };

    // As of now, or as of a moment ago in which it had the same version: then some in it may have expired since. It is
    // rendered anew when the wall clock was stepped, by which its readers go. Never more than once in `least_ms`
    // however: it may be megabytes, and sessions may end by the thousand. May be called from every thread; those who
    // come while it is rendered wait. Throws std::bad_alloc.
    std::shared_ptr<const content> get(const revocations& source, const clock& time, coarse_ms now_ms);

    static constexpr coarse_ms least_ms = 250;

private:
    mutex mutex_;
    std::shared_ptr<const content> last_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::http
