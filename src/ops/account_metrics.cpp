// Logins and the other acts that concern an account, sessions, and what throttles password guessing.
#include "metric_families.hpp"

#include <array>
#include <string_view>

namespace latchkey {

void write_events(metric_writer& to, const counting_audit& events) {
    constexpr std::size_t login = 0;
    static_assert(counting_audit::types[login] == "login" && counting_audit::outcomes[0] == "success");
    to.counter("latchkey_logins_total", "Attempts to log in, by outcome.");
    for (std::size_t i = 0; i < counting_audit::outcomes.size(); ++i)
        if (const auto count = events.count(login, i); count != 0 || i < counting_audit::login_outcomes)
            to.add(count, {{"outcome", counting_audit::outcomes[i]}});
    to.counter("latchkey_account_events_total", "Audit events but logins, by type and outcome.");
    for (std::size_t type = login + 1; type < counting_audit::types.size(); ++type)
        for (std::size_t i = 0; i < counting_audit::outcomes.size(); ++i)
            if (const auto count = events.count(type, i); count != 0 || i == 0)  // most of the others never come
                to.add(count, {{"event", counting_audit::types[type]}, {"outcome", counting_audit::outcomes[i]}});
}

void write_sessions(metric_writer& to, const session_stats& sessions) {
    to.gauge("latchkey_sessions_live", "Sessions in the table: live, or over and not yet cleared away.")
        .add(std::uint64_t{sessions.live});
    to.gauge("latchkey_sessions_limit", "How many there may be: session.max_total.").add(std::uint64_t{sessions.limit});
    to.counter("latchkey_sessions_created_total", "Sessions that began.").add(sessions.created);
    to.counter("latchkey_sessions_rotated_total", "Sessions that got a new id.").add(sessions.rotated);
    to.counter("latchkey_sessions_ended_total", "Sessions that ended, by why.")
        .add(sessions.signed_out, {{"reason", "signed_out"}})
        .add(sessions.revoked, {{"reason", "revoked"}})
        .add(sessions.over_cap, {{"reason", "over_cap"}})
        .add(sessions.expired, {{"reason", "expired"}});
    if (!sessions.journal)
        return;
    to.histogram(
          "latchkey_journal_commit_duration_seconds",
          "Transactions that logins, rotations and logouts wait for, from waiting for the write lock to the disk.")
        .add(sessions.journal->commit_seconds);
    to.histogram("latchkey_journal_commit_changes", "How many changes shared one transaction.")
        .add(sessions.journal->changes_per_commit);
    to.counter("latchkey_journal_failures_total", "Transactions of the journal that failed.")
        .add(sessions.journal->failed_commits, {{"operation", "commit"}})
        .add(sessions.journal->failed_upkeep, {{"operation", "upkeep"}});
}

void write_throttle(metric_writer& to, const throttle_stats& throttle) {
    constexpr std::array<std::string_view, 5> kinds{"", "pair", "client", "account", "device"};
    static_assert(static_cast<std::size_t>(throttle_kind::pair) == 1 &&
                  static_cast<std::size_t>(throttle_kind::device) == 4);
    to.counter("latchkey_throttle_admitted_total", "Attempts that were let through to the password.")
        .add(throttle.admitted);
    to.counter("latchkey_throttle_refused_total", "Attempts refused unheard, by what had too many failures.");
    for (std::size_t i = 1; i < kinds.size(); ++i)
        to.add(throttle.refused[i], {{"key", kinds[i]}});
    to.gauge("latchkey_throttle_entries", "Places of the throttle's table that are in use.")
        .add(std::uint64_t{throttle.used});
    to.gauge("latchkey_throttle_entries_limit", "Places of the throttle's table.").add(std::uint64_t{throttle.slots});
    to.gauge("latchkey_throttle_memory_bytes", "What the throttle's table takes: fixed at the start.")
        .add(std::uint64_t{throttle.bytes});
    to.counter("latchkey_throttle_evicted_total", "Entries that gave way before they were forgotten.")
        .add(throttle.evicted);
}

void write_tokens(metric_writer& to, const token_stats& tokens) {
    to.counter("latchkey_tokens_issued_total", "Access tokens that were signed.").add(tokens.issued);
    to.counter("latchkey_token_refreshes_total", "Genuine refresh tokens that came, by what they were.")
        .add(tokens.refreshed, {{"outcome", "used"}})
        .add(tokens.repeated, {{"outcome", "repeated"}})
        .add(tokens.replayed, {{"outcome", "replayed"}});
    to.counter("latchkey_token_signatures_verified_total", "Signatures of access tokens that were computed and held.")
        .add(tokens.verified);
    to.counter("latchkey_token_refusals_total", "Access tokens that came and were none in force.").add(tokens.refused);
}

}  // namespace latchkey
