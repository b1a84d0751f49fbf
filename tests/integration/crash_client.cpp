#include "crash_client.hpp"

#include "cookie_jar.hpp"
#include "expectations.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <system_error>

namespace latchkey::test {
namespace {

std::string problem_code(const http_response& response) {
    const auto content = nlohmann::json::parse(response.body, nullptr, false);
    return content.is_object() ? content.value("code", "") : "";
}

bool sets_cookie(act what) {
    return what == act::login || what == act::login_again || what == act::reauthenticate ||
           what == act::change_password;
}

int expected_status(act what) {
    return what == act::login || what == act::login_again || what == act::end_others || what == act::end_all ? 200
                                                                                                             : 204;
}

}  // namespace

http_request request_for(const ticket& one) {
    const auto password = crash_ledger::account(one.user, one.password).password;
    const auto headers = one.cookie.empty() ? header_list{} : with_cookie(one.cookie);
    switch (one.what) {
        case act::login:
        case act::login_again:
            return login_request(crash_ledger::account(one.user, one.password), headers);
        case act::logout:
        case act::logout_late:
            return {"POST", "/logout", headers, {}};
        case act::end_one:
            return {"DELETE", "/sessions/" + one.target_id, headers, {}};
        case act::end_others:
            return {"DELETE", "/sessions", headers, {}};
        case act::end_all:
            return {"DELETE", "/sessions?all=true", headers, {}};
        case act::reauthenticate:
            return post_json("/sessions/reauthenticate", nlohmann::json{{"password", password}}.dump(), headers);
        case act::change_password: {
            const auto fresh = crash_ledger::account(one.user, one.fresh_password).password;
            return post_json("/password",
                             nlohmann::json{{"current_password", password}, {"new_password", fresh}}.dump(), headers);
        }
    }
    throw std::logic_error("no such act");
}

act crash_client::choose_act() {
    std::discrete_distribution<std::size_t> weighted{34, 5, 13, 4, 12, 4, 2, 18, 6};  // in the order of `act`
    return static_cast<act>(weighted(random_));
}

void crash_client::look(raw_client& connection) {
    const auto one = ledger_.begin_look(user_, random_);
    if (!one)
        return;
    const auto response = connection.ask(get("/sessions/whoami", with_cookie(one->cookie)));
    ledger_.end_look(*one, response.status);
    if (response.status == 503 && ledger_.may_be_away())
        return;
    if (response.status != 200 && response.status != 401)
        ledger_.violation("whoami was answered with " + std::to_string(response.status));
    else if (response.status == 200 && one->subject && json_of(response).value("id", "") != one->subject->id)
        ledger_.violation("whoami tells of another session");
}

void crash_client::perform(raw_client& connection, act_watch& watch) {
    const auto one = ledger_.begin(choose_act(), user_, random_);
    if (!one)
        return;
    http_response response;
    try {
        connection.send(request_for(*one).wire());
        if (watch.kind.value_or(one->what) == one->what) {
            ++watch.begun;
            watch.begun.notify_all();
        }
        response = connection.read_response();
    } catch (...) {
        ledger_.lost(*one);
        throw;
    }
    if (response.status >= 500) {
        ledger_.failed(*one, response.status);
    } else if (response.status != expected_status(one->what)) {
        ledger_.refused(*one, response.status, problem_code(response));
    } else {
        const auto cookie = sets_cookie(one->what) ? cookie_of(response) : "";
        const bool login = one->what == act::login || one->what == act::login_again;
        ledger_.acknowledged(*one, login ? json_of(response)["session"].value("id", "") : "", cookie);
    }
    if (one->what == act::change_password)
        find_out_password(connection);
}

// After a change that was answered with an error: which password is it now?
void crash_client::find_out_password(raw_client& connection) {
    const auto unclear = ledger_.unclear_password(user_);
    if (unclear == 0)
        return;
    http_response response;
    try {
        response = connection.ask(login_request(crash_ledger::account(user_, unclear)));
    } catch (...) {
        ticket aside;
        aside.user = user_;
        ledger_.lost(aside);
        throw;
    }
    if (response.status >= 500) {
        if (ledger_.may_be_away()) {  // and may have opened one all the same
            ticket aside;
            aside.user = user_;
            ledger_.lost(aside);
        }
        return;  // stays unclear
    }
    ledger_.settle_change(user_, response.status == 200);
    if (response.status == 200)
        ledger_.adopt(user_, json_of(response)["session"].value("id", ""), cookie_of(response), true);
}

void crash_client::run(const std::atomic<bool>& stop, act_watch& watch) {
    try {
        auto connection = server_.connect();
        while (!stop) {
            if (random_() % 4 == 0)
                look(connection);
            else
                perform(connection, watch);
            if (random_() % 50 == 0)
                connection = server_.connect();
        }
    } catch (const connection_ended&) {
    } catch (const std::system_error&) {
    } catch (const std::exception& error) {
        ledger_.violation(std::string("a client got an answer that it did not understand: ") + error.what());
    }
    watch.begun += 1'000'000;  // nobody waits for a client that is gone
    watch.begun.notify_all();
}

}  // namespace latchkey::test
