// What clients know about their users and sessions, by their own requests and the answers to them alone: the judge of
// whether a server that was killed kept its word (requirements D1, V1, V4).
//
// An act is begun before its request is sent, and ended when its answer came or never will. Of each session the ledger
// knows whether it must be dead (an act that ends it was acknowledged), must be alive (no act that could have ended it
// was ever begun), or may be either. Thread-safe.
#pragma once

#include "latchkey_server.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace latchkey::test {

enum class act {
    login,
    login_again,  // with the cookie of a session that ends by it (R1)
    logout,
    logout_late,  // with the cookie from before a rotation
    end_one,      // DELETE /sessions/{id}
    end_others,   // DELETE /sessions
    end_all,      // DELETE /sessions?all=true
    reauthenticate,
    change_password,
};
inline constexpr std::size_t act_kinds = 9;
const char* name_of(act what);

struct ledger_session {
    std::size_t user = 0;
    std::string id;
    std::string cookie;
    std::string previous_cookie;  // until the last rotation
    std::chrono::steady_clock::time_point rotated;
    unsigned password = 0;  // the number of the password that opened it
    int threats = 0;        // acts that may have ended it
    bool dead = false;      // one of them surely has
    bool busy = false;      // in an act of its own, or somebody else's aimed at it
    bool rotating = false;  // its cookie may have been replaced by one that nobody saw
    std::string history;
};
using session_ptr = std::shared_ptr<ledger_session>;

// An act under way. The texts are copies: good to use without a lock.
struct ticket {
    act what = act::login;
    std::size_t user = 0;
    session_ptr caller, target;
    std::vector<session_ptr> victims;  // whom a mass act may end
    std::string cookie, target_id;     // what to send
    unsigned password = 0, fresh_password = 0;
    unsigned mass_epoch = 0, change_epoch = 0;
    bool unanswered = false;
};

class crash_ledger {
public:
    // `apart`: what keeps users or sessions is another program, so that a password change without a clear answer may
    // have been done by half: in there, and not in the memory of the server.
    explicit crash_ledger(std::size_t users, bool apart = false);

    // The account of a user, with the password of that number.
    static test_user account(std::size_t user, unsigned password = 0);
    std::size_t users() const noexcept { return users_.size(); }

    // Nothing when the user has no session fit for it.
    std::optional<ticket> begin(act what, std::size_t user, std::mt19937& random);
    // The answers. `id` and `cookie`: of the session, where the answer tells.
    void acknowledged(const ticket& one, const std::string& id = {}, const std::string& cookie = {});
    void refused(const ticket& one, int status, const std::string& code);
    void failed(const ticket& one, int status);  // an answer that says nothing: 5xx
    void lost(const ticket& one);                // no answer

    // A look at a session while others act.
    struct look {
        session_ptr subject;
        std::string cookie;
        bool must_be_dead = false;
    };
    std::optional<look> begin_look(std::size_t user, std::mt19937& random);
    void end_look(const look& one, int status);
    // From now on, or no longer, what keeps the data may be away: 503 is an answer that says nothing.
    void may_be_away(bool away) { away_ = away; }
    bool may_be_away() const { return away_; }

    void violation(const std::string& what);
    std::vector<std::string> violations() const;

    // A password change without a clear answer: has it happened? Also while others act.
    unsigned unclear_password(std::size_t user) const;  // 0: none, or still under way
    void settle_change(std::size_t user, bool happened);
    // A session that was opened aside, with the password in force.
    void adopt(std::size_t user, const std::string& id, const std::string& cookie, bool threatened);

    // Everything below is for one thread, after a restart: nothing is under way.
    struct account_state {
        std::vector<session_ptr> sessions;  // not known to be dead
        unsigned password = 0;
        unsigned pending = 0;  // a change to this one got no clear answer; 0: none
        unsigned newest = 0;
        std::size_t lost_logins = 0, strangers = 0;
        unsigned mass_active = 0, mass_epoch = 0, change_epoch = 0;
    };
    account_state& state_of(std::size_t user) { return users_[user]; }
    void settle_session(const session_ptr& one, bool alive);
    void settle_rotation(const session_ptr& one, const std::string& cookie);
    // A session of a lost login, ended by now.
    void bury_stranger(std::size_t user, const std::string& id);
    bool is_dead_id(const std::string& id) const { return dead_ids_.contains(id); }
    std::string history_of(const std::string& id) const;
    // Forgets what was under way and counts how it ended. Called when all sessions are settled.
    void close_books();

    // Cookies that must not open anything, in the order of their deaths, and whose they were.
    struct dead_cookie {
        std::string value;
        session_ptr of;
    };
    const std::vector<dead_cookie>& dead_cookies() const { return dead_cookies_; }
    // What a session went through is told by rounds.
    void begin_round(const std::string& name);

    struct count {
        std::size_t acknowledged = 0, refused = 0, failed = 0, lost = 0;
        std::size_t happened = 0, not_happened = 0, partly = 0;  // of those lost
    };
    const std::array<count, act_kinds>& counts() const { return counts_; }
    std::size_t begun() const;

private:
    session_ptr choose(account_state& of, std::mt19937& random, bool with_previous = false, session_ptr but = {});
    void threaten(ticket& one);
    void unthreaten(const ticket& one);
    void kill(const session_ptr& one, const char* how);
    void rotate(const session_ptr& one, const std::string& cookie);
    void release(const ticket& one, bool over);
    void count_outcome(const ticket& one);
    void note(const session_ptr& one, const std::string& what) const;
    count& count_of(const ticket& one) { return counts_[static_cast<std::size_t>(one.what)]; }
    void violation_locked(const std::string& what) { violations_.push_back(what); }
    void must_be_threatened(const session_ptr& one, int own, const ticket& by, int status);

    const bool apart_;
    std::atomic<bool> away_{false};
    mutable std::mutex mutex_;
    std::vector<account_state> users_;
    std::vector<ticket> open_;  // those without a clear answer
    std::vector<dead_cookie> dead_cookies_;
    std::map<std::string, session_ptr> dead_ids_;  // strangers have no session
    std::string round_;
    std::array<count, act_kinds> counts_{};
    std::vector<std::string> violations_;
    std::size_t begun_ = 0;
};

}  // namespace latchkey::test
