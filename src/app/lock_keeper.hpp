// Asks every second whether the lock on the database is still held, see database_lock.hpp.
//
// It can be lost with its connection. What the server has in memory is then true for as long as nobody else takes the
// lock. Lives on the control thread; the database is asked on its own threads.
#pragma once

#include "database_lock.hpp"
#include "worker_pool.hpp"

#include <latchkey/async.hpp>
#include <latchkey/log.hpp>

#include <functional>
#include <utility>

namespace latchkey {

class lock_keeper {
public:
    // All must outlive *this. `database`: where the lock is asked for; to be stopped before *this goes. `lost`: another
    // server has it now.
    lock_keeper(database_lock& lock, worker_pool& database, logger& log, std::function<void()> lost)
        : lock_(lock), database_(database), log_(log), lost_(std::move(lost)) {}

    // For as long as the context runs that it was started on, or until it has called `lost`.
    task<void> watch();

private:
    task<result<bool>> ask();
    void note(const result<bool>& held) noexcept;

    database_lock& lock_;
    worker_pool& database_;
    logger& log_;
    const std::function<void()> lost_;
    std::string why_;  // the database could not be asked
    bool away_ = false;
};

}  // namespace latchkey
