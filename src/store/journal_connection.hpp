// The journal's connection and what is prepared on it, brought back into a usable state after every failure.
//
// Used by one thread at a time. What it throws are std::exceptions of any kind.
#pragma once

#include "session_statements.hpp"
#include "sql_database.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace latchkey {

class journal_connection {
public:
    // Connects. Throws std::runtime_error with a sentence for the operator.
    explicit journal_connection(sql_database& database) : database_(database), sql_(database.connect()) {}

    soci::session& sql() noexcept { return *sql_; }
    // Within the transaction that is open: from now on every begin() makes sure that no other has done this since.
    void own();
    session_statements& statements() noexcept { return *statements_; }  // between begin() and commit()

    // Connects anew first, where the connection is lost or has failed. Throws journal_taken_over too.
    void begin();
    void commit();
    // Called by begin(), before it returns; what they throw, it throws. `settle`: the transaction that was open at the
    // last give_up() was committed all the same, or was not, and nobody could know. `compare`: these sessions are in
    // the database, ascending; after a connection was lost, or a commit of whoever had no answer.
    void when_back(std::function<void(bool committed)> settle,
                   std::function<void(const std::vector<public_id>&)> compare) {
        settle_ = std::move(settle);
        compare_ = std::move(compare);
    }
    bool in_doubt() const noexcept { return in_doubt_; }
    // Whether begin() has something to find out.
    bool asks() noexcept;
    // After an exception of any call since begin(), and of begin() itself: nothing of the transaction remains.
    void give_up() noexcept;

private:
    void settle();
    void compare();
    void take_turn();

    sql_database& database_;
    std::unique_lock<write_turns> turn_{database_.turns(), std::defer_lock};
    std::unique_ptr<soci::session> sql_;
    std::optional<session_statements> statements_;
    std::shared_ptr<void> use_;  // between begin() and its end
    bool doubtful_ = false;      // the last transaction failed
    std::string owner_;          // what this server has written down as its name; empty: nobody asks
    long long mark_ = 0;         // of the transaction that is open, or was last
    bool committing_ = false;
    bool in_doubt_ = false;
    bool compare_due_ = false;
    unsigned doubts_seen_ = 0;
    std::function<void(bool)> settle_;
    std::function<void(const std::vector<public_id>&)> compare_;
};

// Another server has taken the sessions of this database into its memory.
class journal_taken_over : public std::runtime_error {
public:
    journal_taken_over() : std::runtime_error("another server has taken over the sessions of this database") {}
};

// For a log: without the values of the statement, which what() of SOCI's exceptions quotes.
std::string message_of(const std::exception& e);

}  // namespace latchkey
