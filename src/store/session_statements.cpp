#include "session_statements.hpp"

#include "session_rows.hpp"

namespace latchkey {
namespace {

void write_id(const public_id& id, std::string& text) {
    text.resize(2 * sizeof id);
    id.write(text.data());
}

long long count(time_point t) noexcept {
    return t.time_since_epoch().count();
}

std::size_t run(soci::statement& statement) {
    statement.execute(true);
    return static_cast<std::size_t>(statement.get_affected_rows());
}

}  // namespace

insert_session::insert_session(soci::session& sql)
    : statement_((sql.prepare << "INSERT INTO sessions (" + std::string(session_columns) +
                                     ") VALUES (:id, :token_hash, :rotated_from, :user_id, :remembered, :ip,"
                                     " :user_agent, :created_at, :authenticated_at, :last_seen_at, :expires_at,"
                                     " :rotated_at)",
                  soci::use(id_, "id"), soci::use(token_hash_, "token_hash"),
                  soci::use(rotated_from_, rotated_, "rotated_from"), soci::use(user_id_, "user_id"),
                  soci::use(remembered_, "remembered"), soci::use(ip_, "ip"), soci::use(user_agent_, "user_agent"),
                  soci::use(created_at_, "created_at"), soci::use(authenticated_at_, "authenticated_at"),
                  soci::use(last_seen_at_, "last_seen_at"), soci::use(expires_at_, "expires_at"),
                  soci::use(rotated_at_, rotated_, "rotated_at"))) {
}

void insert_session::operator()(const journal_entry& entry) {
    write_id(entry.id, id_);
    write_key(entry.key, token_hash_);
    rotated_ = entry.rotated_from ? soci::i_ok : soci::i_null;
    if (entry.rotated_from)
        write_key(*entry.rotated_from, rotated_from_);
    rotated_at_ = count(entry.rotated_at);
    write_id(entry.user, user_id_);
    remembered_ = entry.remembered ? 1 : 0;
    ip_ = entry.ip.str();
    user_agent_ = entry.user_agent;
    created_at_ = count(entry.created_at);
    authenticated_at_ = count(entry.authenticated_at);
    last_seen_at_ = count(entry.last_seen_at);
    expires_at_ = count(entry.expires_at);
    run(statement_);
}

rotate_session::rotate_session(soci::session& sql)
    : statement_(
          (sql.prepare << "UPDATE sessions SET token_hash = :to, rotated_from = :presented, rotated_at = :at,"
                          " authenticated_at = CASE WHEN :password_given <> 0 THEN :at ELSE authenticated_at END,"
                          " last_seen_at = :at WHERE id = :id AND token_hash = :from",
           soci::use(to_, "to"), soci::use(presented_, "presented"), soci::use(from_, "from"), soci::use(at_, "at"),
           soci::use(password_given_, "password_given"), soci::use(id_, "id"))) {
}

std::size_t rotate_session::operator()(const journal_change::rotation& rotation) {
    write_id(rotation.id, id_);
    write_key(rotation.from, from_);
    write_key(rotation.to, to_);
    write_key(rotation.presented, presented_);
    at_ = count(rotation.at);
    password_given_ = rotation.password_given ? 1 : 0;
    return run(statement_);
}

delete_session::delete_session(soci::session& sql)
    : statement_((sql.prepare << "DELETE FROM sessions WHERE id = :id", soci::use(id_, "id"))) {
}

std::size_t delete_session::operator()(const public_id& id) {
    write_id(id, id_);
    return run(statement_);
}

insert_revocation::insert_revocation(soci::session& sql)
    : statement_((sql.prepare << "INSERT INTO revocations (session, revoked_at) VALUES (:session, :at)"
                                 " ON CONFLICT (session) DO NOTHING",
                  soci::use(session_, "session"), soci::use(at_, "at"))) {
}

void insert_revocation::operator()(const public_id& session, time_point at) {
    write_id(session, session_);
    at_ = count(at);
    run(statement_);
}

note_session::note_session(soci::session& sql)
    : statement_((sql.prepare << "UPDATE sessions SET last_seen_at = :at WHERE id = :id AND last_seen_at < :at",
                  soci::use(at_, "at"), soci::use(id_, "id"))) {
}

void note_session::operator()(const last_seen& seen) {
    write_id(seen.id, id_);
    at_ = count(seen.at);
    run(statement_);
}

std::size_t session_statements::apply(const journal_change& change) {
    std::size_t rows = 0;
    if (change.insert) {
        insert(*change.insert);
        ++rows;
    }
    if (change.rotate)
        rows += rotate(*change.rotate);
    for (const public_id& id : change.erase) {
        rows += erase(id);
        if (change.revoked_at)
            revoke(id, *change.revoked_at);
    }
    return rows;
}

}  // namespace latchkey
