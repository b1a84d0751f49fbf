// POST /password: a new password, a new cookie, and the end of every other session.
#include "account.hpp"
#include "cookie_jar.hpp"
#include "expectations.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <set>

namespace latchkey::test {
namespace {

using nlohmann::json;

const std::string fresh_password = "second-of-many-Words";

class password : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server_setup setup;
        setup.users = people(16);
        next_ = 0;
        server_ = std::make_unique<latchkey_server>(setup);
    }
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

    static http_response change(const std::string& cookie, const std::string& current, const std::string& fresh) {
        return server().ask(password_change(cookie, current, fresh));
    }
    int login_with(const std::string& attempt) const { return login_status(server(), me.email, attempt); }

    const test_user me = people(16).at(next_++);  // nobody else's

private:
    inline static std::unique_ptr<latchkey_server> server_;
    inline static std::size_t next_ = 0;
};

// R2, V3
TEST_F(password, the_old_one_and_every_other_session_are_gone) {
    const auto mine = server().login(me), other = server().login(me), third = server().login(me);
    const auto before = session_of(server(), mine);
    const auto response = change(mine, me.password, fresh_password);
    ASSERT_EQ(response.status, 204) << response.body;
    expect_common_headers(response);
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(response.count("Set-Cookie"), 1U);
    const auto fresh = cookie_of(response);
    EXPECT_NE(fresh, mine);
    for (const auto& dead : {mine, other, third})
        EXPECT_EQ(whoami(server(), dead), 401);
    const auto after = session_of(server(), fresh);
    for (const char* same : {"id", "user", "created_at", "expires_at", "device", "remembered"})
        EXPECT_EQ(after[same], before[same]) << same;
    EXPECT_GE(after["authenticated_at"], before["authenticated_at"]);
    EXPECT_EQ(json_of(server().ask(list_request(fresh)))["sessions"].size(), 1U);
    EXPECT_EQ(login_with(me.password), 401);
    EXPECT_EQ(login_with(fresh_password), 200);
}

TEST_F(password, a_form_will_do) {
    const auto mine = server().login(me);
    const auto response = server().ask(post_form(
        "/password", {{"current_password", me.password}, {"new_password", fresh_password}}, with_cookie(mine)));
    EXPECT_EQ(response.status, 204);
    EXPECT_EQ(whoami(server(), cookie_of(response)), 200);
    EXPECT_EQ(login_with(fresh_password), 200);
}

TEST_F(password, other_users_notice_nothing) {
    const auto somebody = people(16).back();
    const auto mine = server().login(me), theirs = server().login(somebody);
    EXPECT_EQ(change(mine, me.password, fresh_password).status, 204);
    EXPECT_EQ(whoami(server(), theirs), 200);
    EXPECT_EQ(login_status(server(), somebody.email, somebody.password), 200);
}

TEST_F(password, a_wrong_current_one_changes_nothing) {
    const auto mine = server().login(me), other = server().login(me);
    for (const auto& wrong : {std::string("wrong"), std::string(), fresh_password}) {
        const auto response = change(mine, wrong, fresh_password);
        expect_problem(response, 401, "invalid_credentials");
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
    }
    EXPECT_EQ(whoami(server(), mine), 200);
    EXPECT_EQ(whoami(server(), other), 200);
    EXPECT_EQ(login_with(me.password), 200);
    EXPECT_EQ(login_with(fresh_password), 401);
}

// P1, P2
TEST_F(password, a_weak_new_one_is_refused_with_the_reason) {
    const auto mine = server().login(me);
    std::vector<std::string> reasons;
    for (const auto& weak : {std::string("7-bytes"), std::string("iloveyou1"), me.email}) {
        const auto response = change(mine, me.password, weak);
        expect_problem(response, 422, "weak_password");
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
        reasons.push_back(json_of(response).value("detail", ""));
        EXPECT_FALSE(reasons.back().empty());
        EXPECT_EQ(response.body.find(weak), std::string::npos) << "never repeated";
    }
    EXPECT_EQ(std::set(reasons.begin(), reasons.end()).size(), 3U) << "each has its own";
    EXPECT_EQ(whoami(server(), mine), 200);
    EXPECT_EQ(login_with(me.password), 200);
}

// P1
TEST_F(password, the_longest_is_1024_bytes) {
    const auto mine = server().login(me);
    std::string longest;
    while (longest.size() < 1'024)
        longest += "quiet lantern ";
    longest.resize(1'024);
    expect_problem(change(mine, me.password, longest + 'x'), 400, "password_too_long");
    EXPECT_EQ(whoami(server(), mine), 200);
    const auto response = change(mine, me.password, longest);
    EXPECT_EQ(response.status, 204) << response.body;
    EXPECT_EQ(login_with(longest), 200);
    expect_problem(change(cookie_of(response), longest + 'x', fresh_password), 400, "password_too_long");
}

TEST_F(password, every_character_counts) {
    const auto mine = server().login(me);
    const std::string odd = " P\xc3\xa4ss w\xc3\xb6rd\t\xe2\x82\xac ";
    const auto response = change(mine, me.password, odd);
    ASSERT_EQ(response.status, 204) << response.body;
    EXPECT_EQ(login_with(odd), 200);
    EXPECT_EQ(login_with(odd.substr(1)), 401);
    EXPECT_EQ(login_with(odd.substr(0, odd.size() - 1)), 401);
}

TEST_F(password, nobody_without_a_session) {
    for (const auto& headers : {header_list{}, with_cookie(std::string(43, 'A')), with_cookie("x")}) {
        const auto response = server().ask(post_json(
            "/password", json{{"current_password", me.password}, {"new_password", fresh_password}}.dump(), headers));
        expect_problem(response, 401, "no_session");
        EXPECT_EQ(response.count("Set-Cookie"), 0U);
    }
    EXPECT_EQ(login_with(me.password), 200);
}

// The answer was lost: the client repeats exactly what it sent.
TEST_F(password, a_lost_answer_is_asked_for_again) {
    const auto old = server().login(me);
    const auto id = id_of(server(), old);
    const auto lost = cookie_of(change(old, me.password, fresh_password));
    const auto repeated = change(old, me.password, fresh_password);
    ASSERT_EQ(repeated.status, 204) << repeated.body;
    const auto fresh = cookie_of(repeated);
    EXPECT_EQ(id_of(server(), fresh), id);
    EXPECT_EQ(whoami(server(), old), 401);
    EXPECT_EQ(whoami(server(), lost), 401);
    EXPECT_EQ(login_with(fresh_password), 200);
}

// The grace is for the same change again, not for another one with a password that is no longer in force.
TEST_F(password, the_old_one_changes_nothing_more) {
    const auto old = server().login(me);
    const auto fresh = cookie_of(change(old, me.password, fresh_password));
    for (const auto& cookie : {old, fresh})
        expect_problem(change(cookie, me.password, "third-of-many-Words"), 401, "invalid_credentials");
    EXPECT_EQ(whoami(server(), fresh), 200);
    EXPECT_EQ(login_with(fresh_password), 200);
}

TEST_F(password, the_old_cookie_works_where_a_password_comes_along) {
    const auto old = server().login(me);
    change(old, me.password, fresh_password);
    EXPECT_EQ(whoami(server(), old), 401);
    const auto fresh = cookie_of(server().ask(reauthentication(old, fresh_password)));
    EXPECT_EQ(whoami(server(), fresh), 200);
    expect_problem(server().ask(reauthentication(old, me.password)), 401, "invalid_credentials");
    EXPECT_EQ(server().ask({"POST", "/logout", with_cookie(old), {}}).status, 204);
    EXPECT_EQ(whoami(server(), fresh), 401);
}

// T2
TEST_F(password, remembered_sessions_stay_remembered) {
    const auto login = server().ask(post_json("/login", login_body(me, true)));
    const auto granted = std::stol(parse_set_cookie(session_field(login))["Max-Age"]);
    const auto before = session_of(server(), cookie_of(login));
    const auto response = change(cookie_of(login), me.password, fresh_password);
    const auto left = parse_set_cookie(response["Set-Cookie"])["Max-Age"];
    ASSERT_FALSE(left.empty()) << response["Set-Cookie"];
    EXPECT_LE(std::stol(left), granted);
    EXPECT_GE(std::stol(left), granted - 60);
    EXPECT_EQ(session_of(server(), cookie_of(response))["expires_at"], before["expires_at"]);
}

// V4: what a restart brings back is what the answer said.
TEST_F(password, the_change_survives_a_crash) {
    server_setup setup;
    setup.users = {me};
    latchkey_server own(setup);
    const auto mine = own.login(me), other = own.login(me);
    const auto fresh = cookie_of(own.ask(password_change(mine, me.password, fresh_password)));
    own.kill();
    own.start();
    EXPECT_EQ(whoami(own, fresh), 200);
    EXPECT_EQ(whoami(own, mine), 401);
    EXPECT_EQ(whoami(own, other), 401);
    EXPECT_EQ(login_status(own, me.email, me.password), 401);
    EXPECT_EQ(login_status(own, me.email, fresh_password), 200);
}

}  // namespace
}  // namespace latchkey::test
