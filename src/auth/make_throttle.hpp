// The one throttle there is, see throttle_table.hpp.
#pragma once

#include <latchkey/config.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/throttle.hpp>
#include <latchkey/throttle_store.hpp>

#include <memory>
#include <span>
#include <vector>

namespace latchkey {

// With what it takes to outlive the process. Somebody who may block moves records to and from a throttle_store.
class persistent_throttle : public throttle {
public:
    // As loaded; before the first attempt. What no throttle would have written is left out.
    virtual void restore(std::span<const throttle_record> records) noexcept = 0;
    // Up to `most` records that have changed since they were taken last. Throws std::bad_alloc, and then they still
    // count as changed.
    virtual std::vector<throttle_record> take_changed(std::size_t most) = 0;
    // Those could not be saved: they count as changed again.
    virtual void put_back(std::span<const throttle_record> records) noexcept = 0;
    // A record whose last failure is older than this holds nothing against anybody.
    virtual time_point forgotten_before() const noexcept = 0;
    // New budgets, for attempts from now on. `memory` stays as it was.
    virtual void configure(const throttle_options& options) noexcept = 0;
};

// `key`: the installation's secret, mac::key_size bytes: nobody outside can choose accounts that collide. `time` must
// outlive it. Takes all its memory at once; throws std::bad_alloc.
std::unique_ptr<persistent_throttle> make_throttle(const throttle_options& options, const secret& key,
                                                   const clock& time);

}  // namespace latchkey
