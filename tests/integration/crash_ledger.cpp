#include "crash_ledger.hpp"

#include <algorithm>

namespace latchkey::test {
namespace {

constexpr std::size_t most_sessions = 10;  // of a user
// Well within the minute for which the server knows the cookie before a rotation.
constexpr std::chrono::seconds previous_cookie_use{30};

bool is_mass_act(act what) {
    return what == act::end_others || what == act::end_all || what == act::change_password;
}

bool rotates(act what) {
    return what == act::reauthenticate || what == act::change_password;
}

}  // namespace

const char* name_of(act what) {
    static constexpr std::array<const char*, act_kinds> names{
        "login",   "login with a cookie", "logout",         "logout with the old cookie", "end one", "end others",
        "end all", "reauthenticate",      "change password"};
    return names[static_cast<std::size_t>(what)];
}

crash_ledger::crash_ledger(std::size_t users, bool apart) : apart_(apart), users_(users) {
}

test_user crash_ledger::account(std::size_t user, unsigned password) {
    return {"walker" + std::to_string(user) + "@example.com", "seven-Tram-lines-" + std::to_string(password),
            "Walker " + std::to_string(user), "staff"};
}

void crash_ledger::note(const session_ptr& one, const std::string& what) const {
    one->history += (one->history.empty() ? "" : "; ") + round_ + ": " + what;
    if (one->history.size() > 900)
        one->history.erase(0, 400);
}

session_ptr crash_ledger::choose(account_state& of, std::mt19937& random, bool with_previous, session_ptr but) {
    std::vector<session_ptr> fit;
    const auto since = std::chrono::steady_clock::now() - previous_cookie_use;
    for (const auto& one : of.sessions)
        if (!one->dead && !one->busy && !one->rotating && one != but &&
            (!with_previous || (!one->previous_cookie.empty() && one->rotated > since)))
            fit.push_back(one);
    return fit.empty() ? nullptr : fit[random() % fit.size()];
}

std::optional<ticket> crash_ledger::begin(act what, std::size_t user, std::mt19937& random) {
    const std::lock_guard lock(mutex_);
    auto& state = users_[user];
    ticket out;
    out.what = what;
    out.user = user;
    out.password = state.password;
    if (what == act::login) {
        if (state.sessions.size() >= most_sessions)
            return std::nullopt;
    } else {
        if (what == act::change_password && state.pending != 0)
            return std::nullopt;
        out.caller = choose(state, random, what == act::logout_late);
        if (!out.caller)
            return std::nullopt;
        out.cookie = what == act::logout_late ? out.caller->previous_cookie : out.caller->cookie;
    }
    if (what == act::end_one) {
        out.target = choose(state, random, false, random() % 4 == 0 ? nullptr : out.caller);
        if (!out.target)
            return std::nullopt;
        out.target_id = out.target->id;
    } else if (what == act::logout || what == act::logout_late || what == act::login_again) {
        out.target = out.caller;
    }
    if (is_mass_act(what))
        for (const auto& one : state.sessions)
            if (!one->dead && (one != out.caller || what == act::end_all))
                out.victims.push_back(one);
    if (what == act::change_password)
        out.fresh_password = state.pending = ++state.newest;
    threaten(out);
    ++begun_;
    return out;
}

void crash_ledger::threaten(ticket& one) {
    auto& state = users_[one.user];
    for (const auto& s : {one.caller, one.target})
        if (s)
            s->busy = true;
    if (one.target)
        ++one.target->threats;
    for (const auto& s : one.victims)
        ++s->threats;
    if (rotates(one.what))
        one.caller->rotating = true;
    if (is_mass_act(one.what)) {
        ++state.mass_active;
        ++state.mass_epoch;
    }
    if (one.what == act::change_password)
        ++state.change_epoch;
    // So that a login can tell whether an act that ends many was under way at any time during it.
    one.mass_epoch = state.mass_active > 0 ? ~0U : state.mass_epoch;
    one.change_epoch = state.pending != 0 ? ~0U : state.change_epoch;
    if (one.caller)
        note(one.caller, std::string(name_of(one.what)) + '?');
    if (one.target && one.target != one.caller)
        note(one.target, std::string(name_of(one.what)) + " by another?");
}

void crash_ledger::unthreaten(const ticket& one) {
    if (one.target)
        --one.target->threats;
    for (const auto& s : one.victims)
        --s->threats;
    if (rotates(one.what))
        one.caller->rotating = false;
}

// The act is over; `over` is false when the server may still be at it.
void crash_ledger::release(const ticket& one, bool over) {
    auto& state = users_[one.user];
    for (const auto& s : {one.caller, one.target})
        if (s)
            s->busy = false;
    if (!over)
        return;
    if (is_mass_act(one.what)) {
        --state.mass_active;
        ++state.mass_epoch;
    }
    if (one.what == act::change_password)
        ++state.change_epoch;
}

void crash_ledger::kill(const session_ptr& one, const char* how) {
    if (one->dead)
        return;
    one->dead = true;
    note(one, std::string("dead by ") + how);
    dead_cookies_.push_back({one->cookie, one});
    dead_ids_[one->id] = one;
    std::erase(users_[one->user].sessions, one);
}

void crash_ledger::rotate(const session_ptr& one, const std::string& cookie) {
    one->previous_cookie = std::exchange(one->cookie, cookie);
    one->rotated = std::chrono::steady_clock::now();
    one->rotating = false;
    dead_cookies_.push_back({one->previous_cookie, one});
    if (one->dead)
        dead_cookies_.push_back({cookie, one});
    note(one, "rotated");
}

void crash_ledger::acknowledged(const ticket& one, const std::string& id, const std::string& cookie) {
    const std::lock_guard lock(mutex_);
    auto& state = users_[one.user];
    ++count_of(one).acknowledged;
    release(one, true);
    if (rotates(one.what))
        rotate(one.caller, cookie);
    if (one.what == act::login || one.what == act::login_again) {
        auto fresh = std::make_shared<ledger_session>();
        fresh->user = one.user;
        fresh->id = id;
        fresh->cookie = cookie;
        fresh->password = one.password;
        fresh->threats = one.mass_epoch == state.mass_epoch && state.mass_active == 0 ? 0 : 1;
        note(fresh, "opened by password " + std::to_string(one.password) +
                        (fresh->threats > 0 ? " beside an act that ends many" : ""));
        state.sessions.push_back(fresh);
        // However the two overlapped: no session that the old password opened outlives the change (V3).
        if (one.password < state.password)
            kill(fresh, "a password change during the login");
    }
    if (one.target)
        kill(one.target, name_of(one.what));
    if (one.what == act::change_password) {
        state.password = one.fresh_password;
        state.pending = 0;
        one.caller->password = one.fresh_password;
        const auto sessions = state.sessions;
        for (const auto& s : sessions)
            if (s->password < one.fresh_password)
                kill(s, "password change");
    }
    for (const auto& s : one.victims)
        kill(s, name_of(one.what));
}

// `own`: the threats that are this act's.
void crash_ledger::must_be_threatened(const session_ptr& one, int own, const ticket& by, int status) {
    if (!one->dead && one->threats <= own)
        violation_locked(std::string("a live session was refused with ") + std::to_string(status) + " at " +
                         name_of(by.what) + ": " + one->history);
}

void crash_ledger::refused(const ticket& one, int status, const std::string& code) {
    const std::lock_guard lock(mutex_);
    auto& state = users_[one.user];
    ++count_of(one).refused;
    const bool password_moves = one.change_epoch != state.change_epoch || state.pending != 0;
    if (code == "invalid_credentials") {
        if (!password_moves || one.what == act::change_password)
            violation_locked(std::string("the right password was refused at ") + name_of(one.what));
    } else if (status == 404 && one.what == act::end_one) {
        must_be_threatened(one.target, 1, one, status);
    } else if (status == 401 && one.caller) {
        must_be_threatened(one.caller, one.target == one.caller || one.what == act::end_all ? 1 : 0, one, status);
    } else {
        violation_locked(std::string(name_of(one.what)) + " was answered with " + std::to_string(status) + ' ' + code);
    }
    release(one, true);
    // A password change that finds its session gone may have changed the password all the same.
    if (one.what == act::change_password)
        open_.push_back(one);
    else
        unthreaten(one);
}

void crash_ledger::failed(const ticket& one, int status) {
    const std::lock_guard lock(mutex_);
    ++count_of(one).failed;
    // A session that ends before its login is answered was never there: an error that says so is an answer.
    const bool login = one.what == act::login || one.what == act::login_again;
    const auto& state = users_[one.user];
    if (away_ && status == 503) {
        if (login)
            ++users_[one.user].lost_logins;
    } else if (!login || (one.mass_epoch == state.mass_epoch && state.mass_active == 0))
        violation_locked(std::string(name_of(one.what)) + " was answered with " + std::to_string(status));
    release(one, true);
    open_.push_back(one);
}

void crash_ledger::lost(const ticket& one) {
    const std::lock_guard lock(mutex_);
    release(one, false);
    const bool login = one.what == act::login || one.what == act::login_again;
    ++(login ? counts_[0] : count_of(one)).lost;
    if (login)
        ++users_[one.user].lost_logins;
    open_.push_back(one);
    open_.back().unanswered = true;
}

std::optional<crash_ledger::look> crash_ledger::begin_look(std::size_t user, std::mt19937& random) {
    const std::lock_guard lock(mutex_);
    if (!dead_cookies_.empty() && random() % 3 == 0) {
        const auto recent = std::min<std::size_t>(dead_cookies_.size(), 20);
        return look{nullptr, dead_cookies_[dead_cookies_.size() - 1 - random() % recent].value, true};
    }
    const auto one = choose(users_[user], random);
    if (!one)
        return std::nullopt;
    one->busy = true;
    return look{one, one->cookie, false};
}

void crash_ledger::end_look(const look& one, int status) {
    const std::lock_guard lock(mutex_);
    if (one.subject)
        one.subject->busy = false;
    if (one.must_be_dead && status == 200)
        violation_locked("a dead session passes while the server runs");
    if (one.subject && status == 401 && !one.subject->dead && one.subject->threats == 0)
        violation_locked("a live session is refused while the server runs: " + one.subject->history);
}

}  // namespace latchkey::test
