// The metrics as a monitoring system reads them.
#pragma once

#include <string>
#include <string_view>

namespace latchkey {

class metrics {
public:
    virtual ~metrics() = default;
    // The state of everything as of now, as one document. From every thread; takes less than a millisecond and waits
    // for nothing but short critical sections. Throws std::bad_alloc.
    virtual std::string expose() const = 0;
    // Static: what expose() writes, for a Content-Type field.
    virtual std::string_view content_type() const noexcept = 0;
};

}  // namespace latchkey
