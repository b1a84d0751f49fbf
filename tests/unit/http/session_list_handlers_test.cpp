// Seeing and ending one's own sessions, with a domain of fakes behind the handlers.
#include "handler_fixture.hpp"

#include <gmock/gmock.h>

namespace latchkey::http {
namespace {

using ::testing::ElementsAre;

const std::string cleared = "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

class session_handlers : public testing::handler_fixture {
protected:
    session_handlers() {
        const auto ada = testing::make_person(1, "ada@example.com"), eve = testing::make_person(2, "eve@example.com");
        domain_.add_session("phone", 11, ada);
        domain_.add_session("foreign", 21, eve);
        domain_.add_session("laptop", 12, ada);
    }
    static std::string path(std::uint8_t id) { return "/sessions/" + testing::numbered_id(id).str(); }
    std::vector<std::string> live() const {
        std::vector<std::string> tokens;
        for (const auto& e : domain_.sessions.live)
            tokens.push_back(e.token);
        return tokens;
    }
};

TEST_F(session_handlers, list_shows_the_callers_own_and_marks_the_current) {
    const auto a = ask("GET /sessions", cookie("phone"));
    ASSERT_EQ(a.status, 200);
    EXPECT_EQ(a.header("Set-Cookie"), "");
    const auto content = a.json();
    EXPECT_EQ(content.size(), 1U);
    ASSERT_EQ(content["sessions"].size(), 2U);
    EXPECT_EQ(content["sessions"][0]["id"], testing::numbered_id(12).str());
    EXPECT_EQ(content["sessions"][0]["current"], false);
    EXPECT_EQ(content["sessions"][0]["device"]["user_agent"], "agent of laptop");
    EXPECT_EQ(content["sessions"][1]["id"], testing::numbered_id(11).str());
    EXPECT_EQ(content["sessions"][1]["current"], true);
    EXPECT_EQ(ask("HEAD /sessions", cookie("phone")).body, "");
}

TEST_F(session_handlers, another_one_is_ended) {
    const auto a = ask("DELETE " + path(12), cookie("phone"));
    EXPECT_EQ(a.status, 204);
    EXPECT_EQ(a.header("Set-Cookie"), "");
    EXPECT_THAT(live(), ElementsAre("foreign", "phone"));
    EXPECT_THAT(domain_.audit.lines, ElementsAre("session_revoked user ada@example.com 12"));
    EXPECT_EQ(ask("DELETE " + path(12), cookie("phone")).code(), "not_found");
}

TEST_F(session_handlers, the_current_one_takes_the_cookie_along) {
    const auto a = ask("DELETE " + path(11), cookie("phone"));
    EXPECT_EQ(a.status, 204);
    EXPECT_EQ(a.header("Set-Cookie"), cleared);
    EXPECT_THAT(live(), ElementsAre("laptop", "foreign"));
}

TEST_F(session_handlers, what_is_not_the_callers_is_not_found) {
    auto upper = testing::numbered_id(10).str();
    upper.back() = 'B';
    for (const auto& id :
         {testing::numbered_id(21).str(), testing::numbered_id(99).str(), std::string("x"), std::string("phone"), upper,
          path(12).substr(10) + "0", std::string(8'000, '0'), "%30" + path(12).substr(11), std::string("..")}) {
        const auto a = ask("DELETE /sessions/" + id, cookie("phone"));
        EXPECT_EQ(a.status, 404) << id;
        EXPECT_EQ(a.code(), "not_found");
        EXPECT_EQ(a.header("Set-Cookie"), "");
    }
    EXPECT_EQ(live().size(), 3U);
    EXPECT_THAT(domain_.audit.lines, ElementsAre());
}

TEST_F(session_handlers, all_others) {
    auto a = ask("DELETE /sessions", cookie("phone"));
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.json(), (nlohmann::json{{"revoked", 1}}));
    EXPECT_EQ(a.header("Set-Cookie"), "");
    EXPECT_THAT(live(), ElementsAre("foreign", "phone"));
    EXPECT_THAT(domain_.audit.lines, ElementsAre("sessions_revoked user ada@example.com 11"));
    EXPECT_EQ(ask("DELETE /sessions?", cookie("phone")).json(), (nlohmann::json{{"revoked", 0}}));
}

TEST_F(session_handlers, all) {
    const auto a = ask("DELETE /sessions?all=true", cookie("phone"));
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.json(), (nlohmann::json{{"revoked", 2}}));
    EXPECT_EQ(a.header("Set-Cookie"), cleared);
    EXPECT_THAT(live(), ElementsAre("foreign"));
}

TEST_F(session_handlers, a_doubtful_query_ends_nothing) {
    for (const auto* query : {"all=false", "all=", "all", "all=TRUE", "all=1", "all=true&all=true", "all=true&x=1",
                              "all=true&", "x=1", "ALL=true", "all=%zz", "all=true%00", "=", "&"}) {
        const auto a = ask("DELETE /sessions?" + std::string(query), cookie("phone"));
        EXPECT_EQ(a.code(), "invalid_request") << query;
    }
    EXPECT_EQ(live().size(), 3U);
}

TEST_F(session_handlers, nobody_without_a_session) {
    for (const auto& fields : {std::string(), cookie("unknown"), cookie(testing::numbered_id(11).str()),
                               "Cookie: __Host-session=phone; __Host-session=laptop\r\n" + std::string()})
        for (const auto& line : {std::string("GET /sessions"), "DELETE " + path(11), std::string("DELETE /sessions"),
                                 std::string("DELETE /sessions?all=true")}) {
            const auto a = ask(line, fields);
            EXPECT_EQ(a.code(), "no_session") << line << fields;
            EXPECT_EQ(a.header("Set-Cookie"), "");
        }
    EXPECT_EQ(live().size(), 3U);
}

// D4: a store that does not answer is neither "no session" nor a reason to drop a cookie.
TEST_F(session_handlers, store_down) {
    domain_.sessions.broken = true;
    for (const auto& line :
         {std::string("GET /sessions"), "DELETE " + path(11), std::string("DELETE /sessions?all=true")}) {
        const auto a = ask(line, cookie("phone"));
        EXPECT_EQ(a.code(), "store_unavailable") << line;
        EXPECT_NE(a.header("Retry-After"), "");
        EXPECT_EQ(a.header("Set-Cookie"), "");
    }
    EXPECT_THAT(domain_.audit.lines, ElementsAre());
}

TEST_F(session_handlers, logout_ends_every_presented_session) {
    const auto a = ask("POST /logout", "Cookie: __Host-session=phone; __Host-session=laptop\r\n");
    EXPECT_EQ(a.status, 204);
    EXPECT_EQ(a.header("Set-Cookie"), cleared);
    EXPECT_THAT(live(), ElementsAre("foreign"));
    EXPECT_THAT(domain_.audit.lines, ElementsAre("logout ada@example.com 11", "logout ada@example.com 12"));
}

}  // namespace
}  // namespace latchkey::http
