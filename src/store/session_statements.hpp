// The statements of the journal, prepared once and run often on one connection.
//
// Everything throws soci::soci_error. After that, make them anew.
#pragma once

#include "session_journal.hpp"

#include <soci/soci.h>

#include <cstddef>
#include <string>

namespace latchkey {

class insert_session {
public:
    explicit insert_session(soci::session& sql);
    void operator()(const journal_entry& entry);

private:
    std::string id_, token_hash_, rotated_from_, user_id_, ip_, user_agent_;
    int remembered_ = 0;
    long long created_at_ = 0, authenticated_at_ = 0, last_seen_at_ = 0, expires_at_ = 0, rotated_at_ = 0;
    soci::indicator rotated_ = soci::i_null;
    soci::statement statement_;  // behind what it is bound to
};

class rotate_session {
public:
    explicit rotate_session(soci::session& sql);
    // How many rows had that id and key: 0 or 1.
    std::size_t operator()(const journal_change::rotation& rotation);

private:
    std::string id_, from_, to_, presented_;
    long long at_ = 0;
    int password_given_ = 1;
    soci::statement statement_;
};

class delete_session {
public:
    explicit delete_session(soci::session& sql);
    std::size_t operator()(const public_id& id);

private:
    std::string id_;
    soci::statement statement_;
};

// Notes an end. One that is there stays as it is.
class insert_revocation {
public:
    explicit insert_revocation(soci::session& sql);
    void operator()(const public_id& session, time_point at);

private:
    std::string session_;
    long long at_ = 0;
    soci::statement statement_;
};

// Moves last_seen_at forward, never back.
class note_session {
public:
    explicit note_session(soci::session& sql);
    void operator()(const last_seen& seen);

private:
    std::string id_;
    long long at_ = 0;
    soci::statement statement_;
};

struct session_statements {
    explicit session_statements(soci::session& sql) : insert(sql), rotate(sql), erase(sql), revoke(sql), note(sql) {}

    // How many rows it touched.
    std::size_t apply(const journal_change& change);

    insert_session insert;
    rotate_session rotate;
    delete_session erase;
    insert_revocation revoke;
    note_session note;
};

}  // namespace latchkey
