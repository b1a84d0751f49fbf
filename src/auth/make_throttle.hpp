// The throttle of a server that has its sessions to itself, see throttle_table.hpp. Where servers share them, they
// share what is held against guessers too: make_redis_throttle.hpp.
#pragma once

#include <latchkey/config.hpp>
#include <latchkey/secret.hpp>
#include <latchkey/throttle.hpp>
#include <latchkey/throttle_store.hpp>

#include <memory>
#include <span>
#include <vector>

namespace latchkey {

// The table, which answers at once, with what it takes to outlive the process: somebody who may block moves records to
// and from a throttle_store. What is not told here is as in class throttle.
class persistent_throttle {
public:
    virtual ~persistent_throttle() = default;

    virtual result<throttle_ticket> admit(const throttle_attempt& attempt) noexcept = 0;
    virtual void succeeded(const throttle_ticket& ticket) noexcept = 0;
    virtual void forgive(const throttle_ticket& ticket) noexcept = 0;
    virtual seconds client_wait(const client_prefix& client) const noexcept = 0;
    // Throws std::bad_alloc.
    virtual std::vector<throttle_entry> list(const throttle_filter& filter, std::size_t limit) const = 0;
    virtual std::size_t clear(const throttle_filter& filter) noexcept = 0;
    virtual throttle_stats stats() const noexcept = 0;
    virtual void configure(const throttle_options& options) noexcept = 0;

    // As loaded; before the first attempt. What no throttle would have written is left out.
    virtual void restore(std::span<const throttle_record> records) noexcept = 0;
    // Up to `most` records that have changed since they were taken last. Throws std::bad_alloc, and then they still
    // count as changed.
    virtual std::vector<throttle_record> take_changed(std::size_t most) = 0;
    // Those could not be saved: they count as changed again.
    virtual void put_back(std::span<const throttle_record> records) noexcept = 0;
    // A record whose last failure is older than this holds nothing against anybody.
    virtual time_point forgotten_before() const noexcept = 0;
};

// `key`: the installation's secret, mac::key_size bytes: nobody outside can choose accounts that collide. `time` must
// outlive it. Takes all its memory at once; throws std::bad_alloc.
std::unique_ptr<persistent_throttle> make_throttle(const throttle_options& options, const secret& key,
                                                   const clock& time);

// The table as a throttle, whose tasks never wait. `table` outlives it.
std::unique_ptr<throttle> make_table_face(persistent_throttle& table);

}  // namespace latchkey
