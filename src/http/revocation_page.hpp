// The whole list of revocations as one JSON text, rendered once for all who ask in the same state of it.
#pragma once

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
        std::string text;  // {"version":…,"complete":…,"revoked":[{"sid":…,"exp":…},…]}
    };

    // As of now, or as of a moment ago in which it had the same version: then some in it may have expired since. May be
    // called from every thread; those who come while it is rendered wait. Throws std::bad_alloc.
    std::shared_ptr<const content> get(const revocations& source, time_point now);

private:
    mutex mutex_;
    std::shared_ptr<const content> last_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::http
