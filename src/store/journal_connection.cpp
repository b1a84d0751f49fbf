#include "journal_connection.hpp"

namespace latchkey {

void journal_connection::begin() {
    // Once is bad luck; twice in a row, and the connection itself may be at fault. The old one goes only when there is
    // a new one: out of descriptors, it is still the better one.
    if (doubtful_) {
        auto fresh = database_.connect();
        statements_.reset();
        sql_ = std::move(fresh);
        doubtful_ = false;
    }
    turn_.lock();
    database_.begin_exclusive(*sql_);
    if (!statements_)
        statements_.emplace(*sql_);
}

void journal_connection::commit() {
    sql_->commit();
    turn_.unlock();
    doubtful_ = false;
}

void journal_connection::give_up() noexcept {
    statements_.reset();  // SOCI does not say what an error leaves of them
    try {
        sql_->rollback();
    } catch (const std::exception&) {
        // The transaction had not begun, or the database gave it up by itself.
    }
    if (turn_)
        turn_.unlock();
    doubtful_ = true;
}

std::string message_of(const std::exception& e) {
    const auto* error = dynamic_cast<const soci::soci_error*>(&e);
    return error ? error->get_error_message() : e.what();
}

}  // namespace latchkey
