// The ledger after a restart: what was open is found out, and counted.
#include "crash_ledger.hpp"

#include <algorithm>

namespace latchkey::test {

unsigned crash_ledger::unclear_password(std::size_t user) const {
    const std::lock_guard lock(mutex_);
    const bool over = std::any_of(open_.begin(), open_.end(), [&](const ticket& one) {
        return one.user == user && one.what == act::change_password && one.fresh_password == users_[user].pending;
    });
    return over ? users_[user].pending : 0;
}

void crash_ledger::settle_change(std::size_t user, bool happened) {
    const std::lock_guard lock(mutex_);
    auto& state = users_[user];
    for (const auto& one : open_) {
        if (one.user != user || one.what != act::change_password || one.fresh_password != state.pending)
            continue;
        if (!happened) {
            unthreaten(one);
            continue;
        }
        state.password = one.fresh_password;
        one.caller->password = one.fresh_password;
        const auto sessions = state.sessions;
        for (const auto& s : sessions)
            if (!apart_ && s->password < one.fresh_password)
                kill(s, "a password change that nobody acknowledged");
    }
    state.pending = 0;
    ++state.change_epoch;
}

void crash_ledger::adopt(std::size_t user, const std::string& id, const std::string& cookie, bool threatened) {
    const std::lock_guard lock(mutex_);
    auto fresh = std::make_shared<ledger_session>();
    fresh->user = user;
    fresh->id = id;
    fresh->cookie = cookie;
    fresh->password = users_[user].password;
    fresh->threats = threatened ? 1 : 0;
    note(fresh, "opened aside");
    users_[user].sessions.push_back(fresh);
}

void crash_ledger::settle_session(const session_ptr& one, bool alive) {
    const std::lock_guard lock(mutex_);
    if (!alive) {
        kill(one, "the kill");
        return;
    }
    one->threats = 0;
    one->busy = one->rotating = false;
    note(one, "alive after a restart");
}

void crash_ledger::settle_rotation(const session_ptr& one, const std::string& cookie) {
    const std::lock_guard lock(mutex_);
    rotate(one, cookie);
}

void crash_ledger::bury_stranger(std::size_t user, const std::string& id) {
    const std::lock_guard lock(mutex_);
    ++users_[user].strangers;
    dead_ids_[id] = nullptr;
}

void crash_ledger::count_outcome(const ticket& one) {
    auto& outcomes = count_of(one);
    const auto found = [&](bool happened) { ++(happened ? outcomes.happened : outcomes.not_happened); };
    switch (one.what) {
        case act::login:
        case act::login_again:
            return;  // counted as strangers
        case act::logout:
        case act::logout_late:
        case act::end_one:
            return found(one.target->dead);
        case act::reauthenticate:
            return found(one.caller->cookie != one.cookie);
        case act::change_password:
            return found(users_[one.user].password == one.fresh_password);
        case act::end_others:
        case act::end_all:
            break;
    }
    const auto dead = static_cast<std::size_t>(
        std::count_if(one.victims.begin(), one.victims.end(), [](const auto& s) { return s->dead; }));
    ++(dead == 0 ? outcomes.not_happened : dead == one.victims.size() ? outcomes.happened : outcomes.partly);
}

void crash_ledger::close_books() {
    const std::lock_guard lock(mutex_);
    for (const auto& one : open_)
        if (one.unanswered)
            count_outcome(one);
    open_.clear();
    for (auto& state : users_) {
        if (state.strangers > state.lost_logins)
            violation_locked("sessions that nobody asked for");
        counts_[0].happened += state.strangers;
        counts_[0].not_happened += state.lost_logins - std::min(state.lost_logins, state.strangers);
        state.lost_logins = state.strangers = 0;
        state.mass_active = 0;
        for (const auto& one : state.sessions) {
            one->threats = 0;
            one->busy = one->rotating = false;
        }
    }
}

void crash_ledger::begin_round(const std::string& name) {
    const std::lock_guard lock(mutex_);
    round_ = name;
}

std::string crash_ledger::history_of(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = dead_ids_.find(id);
    return found == dead_ids_.end() || !found->second ? "of a login without an answer" : found->second->history;
}

std::size_t crash_ledger::begun() const {
    const std::lock_guard lock(mutex_);
    return begun_;
}

void crash_ledger::violation(const std::string& what) {
    const std::lock_guard lock(mutex_);
    violation_locked(what);
}

std::vector<std::string> crash_ledger::violations() const {
    const std::lock_guard lock(mutex_);
    return violations_;
}

}  // namespace latchkey::test
