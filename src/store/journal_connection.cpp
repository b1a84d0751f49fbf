#include "journal_connection.hpp"

#include "tokens.hpp"

#include <algorithm>

namespace latchkey {
namespace {

constexpr seconds comparing_patience{60};  // millions of sessions

}  // namespace

void journal_connection::begin() {
    // Once is bad luck; twice in a row, and the connection itself may be at fault. The old one goes only when there is
    // a new one: out of descriptors, it is still the better one.
    if (doubtful_ || database_.is_lost(*sql_)) {
        auto fresh = database_.connect();
        database_.bury(*sql_, *fresh);
        statements_.reset();
        sql_ = std::move(fresh);
        doubtful_ = false;
        compare_due_ = database_.is_fenced();
    }
    if (in_doubt_ || compare_due_ || doubts_seen_ != database_.doubts()) {
        use_ = database_.use(*sql_, comparing_patience);
        settle();
        compare();
        use_.reset();
    }
    use_ = database_.use(*sql_);
    turn_.lock();
    database_.begin_exclusive(*sql_);
    take_turn();
    if (!statements_)
        statements_.emplace(*sql_);
}

// What the last transaction has left behind, if it was committed.
void journal_connection::settle() {
    if (!in_doubt_)
        return;
    long long turn = 0;
    *sql_ << "SELECT turn FROM session_owner WHERE name = :name", soci::use(owner_, "name"), soci::into(turn);
    if (!sql_->got_data())
        throw journal_taken_over();
    if (settle_)
        settle_(turn == mark_);
    in_doubt_ = false;
}

bool journal_connection::asks() noexcept {
    return database_.is_fenced() &&
           (in_doubt_ || compare_due_ || doubts_seen_ != database_.doubts() || database_.is_lost(*sql_));
}

void journal_connection::compare() {
    if (!database_.is_fenced())
        return;
    const unsigned doubts = database_.doubts();
    std::vector<public_id> present;
    std::string text;
    soci::statement all = (sql_->prepare << "SELECT id FROM sessions", soci::into(text));
    all.execute();
    while (all.fetch())
        if (const auto id = public_id::parse(text))
            present.push_back(*id);
    std::sort(present.begin(), present.end());
    if (compare_)
        compare_(present);
    compare_due_ = false;
    doubts_seen_ = doubts;
}

void journal_connection::own() {
    if (!database_.is_fenced())
        return;
    std::string name = random_public_id().str();
    *sql_ << "DELETE FROM session_owner";
    *sql_ << "INSERT INTO session_owner (name, turn) VALUES (:name, 0)", soci::use(name, "name");
    owner_ = std::move(name);
}

void journal_connection::take_turn() {
    if (owner_.empty())
        return;
    ++mark_;
    long long marked = 0;
    *sql_ << "UPDATE session_owner SET turn = :turn WHERE name = :name RETURNING turn", soci::use(mark_, "turn"),
        soci::use(owner_, "name"), soci::into(marked);
    if (!sql_->got_data())
        throw journal_taken_over();
}

void journal_connection::commit() {
    committing_ = true;
    sql_->commit();
    committing_ = false;
    use_.reset();
    turn_.unlock();
    doubtful_ = false;
}

void journal_connection::give_up() noexcept {
    if (std::exchange(committing_, false) && !owner_.empty())
        in_doubt_ = true;
    statements_.reset();  // SOCI does not say what an error leaves of them
    try {
        sql_->rollback();
    } catch (const std::exception&) {
        // The transaction had not begun, or the database gave it up by itself.
    }
    use_.reset();
    if (turn_)
        turn_.unlock();
    doubtful_ = true;
}

std::string message_of(const std::exception& e) {
    const auto* error = dynamic_cast<const soci::soci_error*>(&e);
    return error ? error->get_error_message() : e.what();
}

}  // namespace latchkey
