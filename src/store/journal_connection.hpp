// The journal's connection and what is prepared on it, brought back into a usable state after every failure.
//
// Used by one thread at a time. What it throws are std::exceptions of any kind.
#pragma once

#include "session_statements.hpp"
#include "sql_database.hpp"

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace latchkey {

class journal_connection {
public:
    // Connects. Throws std::runtime_error with a sentence for the operator.
    explicit journal_connection(sql_database& database) : database_(database), sql_(database.connect()) {}

    soci::session& sql() noexcept { return *sql_; }
    session_statements& statements() noexcept { return *statements_; }  // between begin() and commit()

    void begin();
    void commit();
    // After an exception of any call since begin(), and of begin() itself: nothing of the transaction remains.
    void give_up() noexcept;

private:
    sql_database& database_;
    std::unique_lock<write_turns> turn_{database_.turns(), std::defer_lock};
    std::unique_ptr<soci::session> sql_;
    std::optional<session_statements> statements_;
    bool doubtful_ = false;  // the last transaction failed
};

// For a log: without the values of the statement, which what() of SOCI's exceptions quotes.
std::string message_of(const std::exception& e);

}  // namespace latchkey
