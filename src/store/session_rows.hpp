// Sessions as rows of the table `sessions`: reading them out of query results, and their texts.
#pragma once

#include "session_journal.hpp"

#include <soci/soci.h>

#include <string>

namespace latchkey {

// What a SELECT names to be read through a session_row.
extern const char* const session_columns;

// 64 lower-case hex digits.
void write_key(const session_key& key, std::string& text);

// Where the columns of one row are fetched to.
class session_row {
public:
    // To be called before the statement is prepared; *this must outlive it.
    void exchange_with(soci::statement& rows);

    // The row as an entry; `out` keeps its memory from call to call. False for a row that this program cannot have
    // written. Whether its times can be right is another question: see session_loading.hpp.
    bool read(journal_entry& out) const;

    // As they stand there.
    const std::string& id() const noexcept { return id_; }
    const std::string& user_id() const noexcept { return user_id_; }

private:
    bool read_rotation(journal_entry& out) const;

    std::string id_;
    std::string token_hash_;
    std::string rotated_from_;
    std::string user_id_;
    std::string ip_;
    std::string user_agent_;
    int remembered_ = 0;
    long long created_at_ = 0;
    long long authenticated_at_ = 0;
    long long last_seen_at_ = 0;
    long long expires_at_ = 0;
    long long rotated_at_ = 0;
    soci::indicator has_rotated_from_ = soci::i_null;
    soci::indicator has_rotated_at_ = soci::i_null;
};

}  // namespace latchkey
