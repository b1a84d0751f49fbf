#include "crash_check.hpp"

#include "crash_client.hpp"
#include "expectations.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace latchkey::test {

// A login that must work, or must not. Sessions opened by it are in the ledger.
int crash_check::login(raw_client& connection, std::size_t user, unsigned password, bool expected) {
    ++counts_.passwords;
    const auto response = connection.ask(login_request(crash_ledger::account(user, password)));
    if (response.status != (expected ? 200 : 401))
        ledger_.violation("user " + std::to_string(user) + ", password " + std::to_string(password) +
                          (expected ? ", which is in force: " : ", which is not in force: ") +
                          std::to_string(response.status));
    if (response.status == 200)
        ledger_.adopt(user, json_of(response)["session"].value("id", ""), cookie_of(response), false);
    return response.status;
}

void crash_check::check_password(raw_client& connection, std::size_t user) {
    const auto& state = ledger_.state_of(user);
    if (state.pending != 0) {
        const auto before = state.password, after = state.pending;
        const auto probe = connection.ask(login_request(crash_ledger::account(user, after)));
        ledger_.settle_change(user, probe.status == 200);
        if (probe.status == 200)
            ledger_.adopt(user, json_of(probe)["session"].value("id", ""), cookie_of(probe), false);
        login(connection, user, before, probe.status != 200);
    } else if (random_() % 3 == 0) {
        login(connection, user, state.password, true);
        for (unsigned back = 1; back <= 2 && back <= state.password; ++back)
            login(connection, user, state.password - back, false);
    }
}

// Its old cookie is dead. Then a client that never saw the new one proves itself by the password and gets another.
void crash_check::check_rotation(raw_client& connection, const session_ptr& one) {
    ++counts_.rotations;
    ticket again;
    again.what = act::reauthenticate;
    again.user = one->user;
    again.cookie = one->cookie;
    again.password = ledger_.state_of(one->user).password;
    const auto response = connection.ask(request_for(again));
    if (response.status == 204) {
        ledger_.settle_rotation(one, cookie_of(response));
        const auto who = connection.ask(get("/sessions/whoami", with_cookie(one->cookie)));
        if (who.status != 200 || json_of(who).value("id", "") != one->id)
            ledger_.violation("a reauthentication with an old cookie led to " + std::to_string(who.status) + ": " +
                              one->history);
        ledger_.settle_session(one, who.status == 200);
        return;
    }
    if (one->threats == 0 || response.status != 401)
        ledger_.violation("locked out by a lost answer, " + std::to_string(response.status) + " " +
                          problem_code(response) + ": " + one->history);
    ledger_.settle_session(one, false);
}

void crash_check::check_session(raw_client& connection, const session_ptr& one) {
    ++(one->threats == 0 && !one->rotating ? counts_.alive : counts_.found_out);
    const auto response = connection.ask(get("/sessions/whoami", with_cookie(one->cookie)));
    if (response.status == 200) {
        if (json_of(response).value("id", "") != one->id)
            ledger_.violation("a cookie opens another session: " + one->history);
        ledger_.settle_session(one, true);
    } else if (response.status == 401 && one->rotating) {
        check_rotation(connection, one);
    } else {
        if (response.status != 401 || one->threats == 0)
            ledger_.violation("a session is lost, " + std::to_string(response.status) + ": " + one->history);
        ledger_.settle_session(one, false);
    }
}

// The list shows exactly the ledger's live sessions, and those of logins whose answer was lost. The latter end here.
void crash_check::check_list(raw_client& connection, std::size_t user) {
    auto& state = ledger_.state_of(user);
    if (state.sessions.empty() && login(connection, user, state.password, true) != 200)
        return;
    ++counts_.lists;
    const auto caller = state.sessions.back();
    const auto response = connection.ask(get("/sessions", with_cookie(caller->cookie)));
    if (response.status != 200) {
        ledger_.violation("the session list is answered with " + std::to_string(response.status));
        return;
    }
    std::set<std::string> listed, known;
    const auto content = json_of(response);
    for (const auto& one : content["sessions"])
        listed.insert(one.value("id", ""));
    for (const auto& one : state.sessions) {
        known.insert(one->id);
        if (!listed.contains(one->id))
            ledger_.violation("a live session is not in the list: " + one->history);
    }
    for (const auto& id : listed) {
        if (known.contains(id))
            continue;
        if (ledger_.is_dead_id(id))
            ledger_.violation("a dead session is in the list: " + ledger_.history_of(id));
        const auto ended = connection.ask({"DELETE", "/sessions/" + id, with_cookie(caller->cookie), {}});
        if (ended.status != 204)
            ledger_.violation("a listed session can't be ended: " + std::to_string(ended.status));
        if (!ledger_.is_dead_id(id))
            ledger_.bury_stranger(user, id);
    }
}

void crash_check::try_dead(raw_client& connection, const crash_ledger::dead_cookie& one) {
    ++counts_.dead;
    const auto response = connection.ask(get("/sessions/whoami", with_cookie(one.value)));
    if (response.status != 401)
        ledger_.violation("a dead cookie is answered with " + std::to_string(response.status) + ": " + one.of->history);
}

void crash_check::run() {
    auto connection = server_.connect();
    for (std::size_t user = 0; user < ledger_.users(); ++user) {
        check_password(connection, user);
        const auto sessions = ledger_.state_of(user).sessions;
        for (const auto& one : sessions)
            if (!one->dead)
                check_session(connection, one);
    }
    const auto& dead = ledger_.dead_cookies();
    for (int i = 0; i < 30 && tried_ > 0; ++i)
        try_dead(connection, dead[random_() % tried_]);
    for (; tried_ < dead.size(); ++tried_)
        try_dead(connection, dead[tried_]);
    for (std::size_t user = 0; user < ledger_.users(); ++user)
        check_list(connection, user);
    ledger_.close_books();
}

void crash_check::try_all_dead() {
    auto connection = server_.connect();
    for (const auto& one : ledger_.dead_cookies())
        try_dead(connection, one);
}

}  // namespace latchkey::test
