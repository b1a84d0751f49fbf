// Takes what changed in the throttle to the database once a second, and a last time when the server stops.
//
// Lives on the control thread; the database is asked on its own threads. A database that fails holds nobody up: what
// could not be saved counts as changed again, and the log has one line for the beginning and the end of each outage.
#pragma once

#include "make_throttle.hpp"
#include "worker_pool.hpp"

#include <latchkey/async.hpp>
#include <latchkey/log.hpp>

#include <cstddef>
#include <vector>

namespace latchkey {

class throttle_keeper {
public:
    static constexpr std::size_t batch_size = 2'000;  // records for each transaction

    // All must outlive *this. `database`: where `store` is called; to be stopped before *this goes.
    throttle_keeper(persistent_throttle& table, throttle_store& store, worker_pool& database, logger& log)
        : table_(table), store_(store), database_(database), log_(log) {}

    // On the calling thread, before the first attempt. errc::store_unavailable.
    result<void> load();
    // For as long as the context runs that it was started on.
    task<void> keep_saving();
    // Once, now: all that has changed. Whether it is in the database.
    task<bool> save();
    // The same on the calling thread, with nothing of the above under way: when everything has stopped that could
    // change the throttle.
    bool save_last() noexcept;

private:
    bool take() noexcept;
    bool settle(const result<void>& outcome) noexcept;

    persistent_throttle& table_;
    throttle_store& store_;
    worker_pool& database_;
    logger& log_;
    std::vector<throttle_record> batch_;  // taken, and not known to be in the database
    bool failing_ = false;
};

}  // namespace latchkey
