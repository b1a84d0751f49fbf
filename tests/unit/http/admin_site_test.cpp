// The admin site over real sockets, with an administrator made of cardboard behind it: what is asked of whom, and how
// each outcome is told.
#include "admin_client.hpp"
#include "cardboard_administrator.hpp"
#include "free_port.hpp"
#include "http_server.hpp"
#include "raw_client.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>

#include <sys/stat.h>

namespace latchkey::http {
namespace {

using nlohmann::json;
using test::get;
using test::raw_client;
using ::testing::HasSubstr;

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";

class cardboard_reloader final : public reloader {
public:
    task<reload_report> reload() override {
        const mutex_lock lock(mutex_);
        co_return report_;
    }
    void report(reload_report what) {
        const mutex_lock lock(mutex_);
        report_ = std::move(what);
    }

private:
    mutex mutex_;
    reload_report report_ LATCHKEY_GUARDED_BY(mutex_);
};

class admin_site : public ::testing::Test {
protected:
    explicit admin_site(bool tcp = false) {
        options_.server.io_threads = 2;
        options_.server.listen = {"127.0.0.1:" + std::to_string(port_)};
        options_.limits.max_connections = 4;
        options_.server.admin_listen =
            tcp ? "127.0.0.1:" + std::to_string(admin_port_) : "unix:" + directory_ / "a-rather-long-name-for-a-socket";
        server_ = std::make_unique<http_server>(options_, policy_, parts_, secret(tcp ? token : ""));
        server_->start();
    }

    admin_reply ask(std::string_view method, std::string_view target, std::string_view body = {}) const {
        const admin_client client(options_.admin_address());
        auto reply = client.ask(method, target, body);
        EXPECT_EQ(reply.outcome, admin_outcome::answered) << reply.reason;
        return reply;
    }
    void expect_problem(const admin_reply& reply, unsigned status, const std::string& code) const {
        EXPECT_EQ(reply.status, status) << reply.body;
        EXPECT_EQ(json::parse(reply.body)["code"], code) << reply.body;
    }
    raw_client admin() const { return raw_client::unix_socket(options_.server.admin_listen.substr(5)); }

    const test::temp_dir directory_;
    const std::uint16_t port_ = test::free_port();
    const std::uint16_t admin_port_ = test::free_port();
    const std::string ada_ = testing::cardboard_administrator::ada().id.str();
    config options_;
    manual_clock time_;
    testing::cardboard_administrator admins_;
    cardboard_reloader reloads_;
    testing::no_sessions sessions_;
    testing::no_logins logins_;
    testing::always_ready ready_;
    testing::no_audit audit_;
    testing::no_log log_;
    const std::shared_ptr<const access_policy> policy_ = std::make_shared<testing::members_only>();
    const domain parts_{sessions_, logins_, admins_, reloads_, ready_, audit_, log_, time_};
    std::unique_ptr<http_server> server_;
};

TEST_F(admin_site, users_are_listed_page_by_page) {
    const auto first = ask("GET", "/admin/users?limit=1");
    EXPECT_EQ(first.status, 200U);
    EXPECT_EQ(admins_.asked(), "users  1");
    const auto content = json::parse(first.body);
    EXPECT_EQ(content["users"].size(), 1U);
    EXPECT_EQ(content["users"][0], json::parse(R"({"id":")" + ada_ + R"(","email":"ada@example.com","name":"Ada",
        "groups":["admins"],"disabled":false,"created_at":"1970-01-01T00:00:00Z"})"));
    const auto second = ask("GET", "/admin/users?cursor=" + content["next_cursor"].get<std::string>());
    EXPECT_EQ(admins_.asked(), "users " + ada_ + " 100");
    EXPECT_TRUE(json::parse(second.body)["next_cursor"].is_null());
}

TEST_F(admin_site, one_user_is_found_by_email_or_id) {
    EXPECT_EQ(json::parse(ask("GET", "/admin/users?email=Ada%40example.com").body)["users"].size(), 1U);
    EXPECT_EQ(admins_.asked(), "user ada@example.com");
    EXPECT_EQ(json::parse(ask("GET", "/admin/users/" + ada_).body)["name"], "Ada");
    EXPECT_EQ(admins_.asked(), "user " + ada_);
    admins_.fail_with(errc::not_found);
    const auto nobody = ask("GET", "/admin/users?email=nobody@example.com");
    EXPECT_EQ(nobody.status, 200U);
    EXPECT_EQ(nobody.body, "{\"users\":[],\"next_cursor\":null}\n");
    expect_problem(ask("GET", "/admin/users/" + ada_), 404, "not_found");
}

TEST_F(admin_site, users_are_added_changed_and_removed) {
    const auto added = ask("POST", "/admin/users", R"({"email":"ada@example.com","password":"secret-words"})");
    EXPECT_EQ(added.status, 201U) << added.body;
    EXPECT_EQ(admins_.asked(), "add ada@example.com secret-words");
    EXPECT_EQ(admins_.by().size(), 32U) << "the request's id, for the audit event";
    EXPECT_EQ(ask("PATCH", "/admin/users/" + ada_, R"({"disabled":true})").status, 200U);
    EXPECT_EQ(admins_.asked(), "change " + ada_ + " disabled");
    const auto removed = ask("DELETE", "/admin/users/" + ada_);
    EXPECT_EQ(removed.status, 204U);
    EXPECT_EQ(removed.body, "");
    EXPECT_EQ(admins_.asked(), "remove " + ada_);
}

TEST_F(admin_site, a_created_user_has_a_location) {
    auto client = admin();
    const auto answer = client.ask(test::post_json("/admin/users", R"({"email":"ada@example.com"})"));
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer["Location"], "/admin/users/" + ada_);
}

TEST_F(admin_site, sessions_are_listed_and_ended) {
    const auto all = json::parse(ask("GET", "/admin/sessions").body);
    EXPECT_EQ(admins_.asked(), "sessions  100");
    ASSERT_EQ(all["sessions"].size(), 1U);
    EXPECT_EQ(all["sessions"][0]["current"], false);
    EXPECT_EQ(all["sessions"][0]["device"]["user_agent"], "a \"browser\"");
    ask("GET", "/admin/sessions?limit=7&cursor=" + all["next_cursor"].get<std::string>());
    EXPECT_EQ(admins_.asked(), "sessions " + std::string(all["sessions"][0]["id"]) + " 7");

    const auto of_ada = json::parse(ask("GET", "/admin/users/" + ada_ + "/sessions").body);
    EXPECT_EQ(of_ada["sessions"].size(), 70U);
    EXPECT_TRUE(of_ada["next_cursor"].is_null());
    EXPECT_EQ(json::parse(ask("DELETE", "/admin/users/" + ada_ + "/sessions").body), json::parse(R"({"revoked":3})"));
    const std::string id = of_ada["sessions"][0]["id"];
    EXPECT_EQ(ask("DELETE", "/admin/sessions/" + id).status, 204U);
    EXPECT_EQ(admins_.asked(), "end session " + id);
}

TEST_F(admin_site, errors_have_their_statuses) {
    const std::string body = R"({"email":"ada@example.com","password":"x"})";
    const std::tuple<errc, unsigned, const char*> table[] = {
        {errc::already_exists, 409, "already_exists"},       {errc::password_common, 422, "weak_password"},
        {errc::password_personal, 422, "weak_password"},     {errc::password_too_short, 422, "weak_password"},
        {errc::password_too_long, 400, "password_too_long"}, {errc::invalid_request, 400, "invalid_request"},
        {errc::store_unavailable, 503, "store_unavailable"}, {errc::overloaded, 503, "overloaded"},
    };
    for (const auto& [error, status, code] : table) {
        admins_.fail_with(error);
        for (const auto& reply :
             {ask("POST", "/admin/users", body), ask("PATCH", "/admin/users/" + ada_, R"({"name":"x"})")}) {
            expect_problem(reply, status, code);
            EXPECT_EQ(json::parse(reply.body).contains("detail"), status == 422) << reply.body;
        }
    }
    admins_.fail_with(errc::store_unavailable);
    for (const std::string& target :
         {std::string("/admin/users"), std::string("/admin/users?email=a@b.example"), "/admin/users/" + ada_,
          "/admin/users/" + ada_ + "/sessions", std::string("/admin/sessions")})
        expect_problem(ask("GET", target), 503, "store_unavailable");
    for (const std::string& target :
         {"/admin/users/" + ada_, "/admin/users/" + ada_ + "/sessions", "/admin/sessions/" + ada_})
        expect_problem(ask("DELETE", target), 503, "store_unavailable");
}

TEST_F(admin_site, malformed_requests_reach_nobody) {
    for (const char* id : {"x", "00", "ADADADADADADADADADADADADADADADAD", "%61dadadadadadadadadadadadadadadad"}) {
        expect_problem(ask("GET", std::string("/admin/users/") + id), 404, "not_found");
        expect_problem(ask("DELETE", std::string("/admin/sessions/") + id), 404, "not_found");
        expect_problem(ask("PATCH", std::string("/admin/users/") + id, "{}"), 404, "not_found");
    }
    expect_problem(ask("GET", "/admin/nothing"), 404, "not_found");
    expect_problem(ask("GET", "/login"), 404, "not_found");
    expect_problem(ask("PUT", "/admin/users"), 405, "method_not_allowed");
    for (const char* query : {"limit=0", "limit=1001", "limit=", "cursor=x", "cursor=a&cursor=b", "email=nobody"})
        if (std::string_view(query) != "limit=")
            expect_problem(ask("GET", std::string("/admin/users?") + query), 400, "invalid_request");
    expect_problem(ask("GET", "/admin/sessions?cursor=u" + ada_), 400, "invalid_request");
    const auto unknown = ask("POST", "/admin/users", R"({"email":"a@b.example","pasword":"x"})");
    expect_problem(unknown, 400, "invalid_request");
    EXPECT_EQ(json::parse(unknown.body)["detail"], "pasword: no such member");
    expect_problem(ask("PATCH", "/admin/users/" + ada_, "nonsense"), 400, "invalid_request");
    EXPECT_EQ(admin().ask(test::post_form("/admin/users", {{"email", "a@b.example"}})).status, 415);
    EXPECT_EQ(admins_.asked(), "");
}

TEST_F(admin_site, other_sites_are_refused) {
    auto client = admin();
    const auto answer = client.ask({"DELETE", "/admin/users/" + ada_, {{"Sec-Fetch-Site", "cross-site"}}, {}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(admins_.asked(), "");
}

TEST_F(admin_site, a_reload_tells_what_it_came_to) {
    reload_report report;
    report.applied = {"limits.body_bytes"};
    report.needs_restart = {"server.listen"};
    report.warnings = {"say \"what\" \xff"};
    reloads_.report(report);
    const auto done = ask("POST", "/admin/reload");
    EXPECT_EQ(done.status, 200U);
    EXPECT_EQ(json::parse(done.body)["applied"], json::array({"limits.body_bytes"}));
    EXPECT_EQ(json::parse(done.body)["needs_restart"], json::array({"server.listen"}));
    EXPECT_EQ(json::parse(done.body)["warnings"].size(), 1U);
    report.faults = {"latchkey.toml:3: limits.body_bytes: no"};
    reloads_.report(report);
    const auto refused = ask("POST", "/admin/reload");
    expect_problem(refused, 422, "invalid_configuration");
    EXPECT_EQ(json::parse(refused.body)["faults"][0], "latchkey.toml:3: limits.body_bytes: no");
}

// S4
TEST_F(admin_site, is_apart_from_the_public_one) {
    auto client = raw_client::tcp(port_);
    for (const std::string& target : {std::string("/admin/users"), "/admin/users/" + ada_,
                                      std::string("/admin/sessions"), std::string("/admin/reload")}) {
        EXPECT_EQ(client.ask(get(target)).status, 404) << target;
        EXPECT_EQ(client.ask(get(target, {{"Authorization", "Bearer x"}})).status, 404) << target;
    }
    EXPECT_EQ(admins_.asked(), "");
    struct stat info {};
    ASSERT_EQ(::stat(options_.server.admin_listen.substr(5).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << "the owner's alone";
    EXPECT_EQ(ask("GET", "/health/ready").status, 200U);
}

TEST_F(admin_site, is_reached_while_the_public_one_is_full) {
    std::vector<raw_client> crowd;
    int refused = 0;
    while (refused < 3) {
        crowd.push_back(raw_client::tcp(port_));
        refused += crowd.back().ask(get("/health/alive")).status == 503 ? 1 : 0;
    }
    EXPECT_EQ(ask("GET", "/admin/users").status, 200U);
}

TEST_F(admin_site, a_large_body_is_refused_by_the_limit) {
    const std::string body = R"({"name":")" + std::string(20'000, 'x') + "\"}";
    expect_problem(ask("PATCH", "/admin/users/" + ada_, body), 413, "body_too_large");
}

// The default place is beside the database, wherever that is.
TEST_F(admin_site, may_stand_in_any_directory) {
    const std::string deep = directory_ / std::string(100, 'd') + "/" + std::string(100, 'e');
    std::filesystem::create_directories(deep);
    config options = options_;
    options.server.listen = {"127.0.0.1:0"};
    options.server.admin_listen = "";
    options.database.url = "sqlite:" + deep + "/latchkey.db";
    {
        http_server server(options, policy_, parts_);
        server.start();
        EXPECT_EQ(admin_client("unix:" + deep + "/latchkey.db-admin").ask("GET", "/health/alive").status, 200U);
        EXPECT_THROW(http_server(options, policy_, parts_), std::runtime_error) << "somebody answers there";
    }
    EXPECT_EQ(admin_client(options.admin_address()).ask("GET", "/").outcome, admin_outcome::nobody_listens);
    http_server again(options, policy_, parts_);  // over the socket that was left behind
    again.start();
    EXPECT_EQ(admin_client(options.admin_address()).ask("GET", "/health/alive").status, 200U);
}

class admin_site_on_tcp : public admin_site {
protected:
    admin_site_on_tcp() : admin_site(true) {}
    admin_reply ask_with(std::string_view shown, std::string_view target) const {
        const admin_client client(options_.admin_address(), secret(shown));
        return client.ask("GET", target);
    }
};

// S4
TEST_F(admin_site_on_tcp, nothing_is_answered_without_the_token) {
    for (const char* target : {"/admin/users", "/admin/sessions", "/health/ready", "/nothing"}) {
        expect_problem(ask_with("", target), 401, "admin_token_required");
        expect_problem(ask_with("0123456789abcdef0123456789abcdeX", target), 401, "admin_token_required");
    }
    EXPECT_EQ(admins_.asked(), "");
    EXPECT_EQ(ask_with(token, "/admin/users").status, 200U);
    EXPECT_EQ(ask_with(token, "/nothing").status, 404U);
}

TEST_F(admin_site_on_tcp, the_body_is_not_waited_for) {
    auto client = raw_client::tcp(admin_port_);
    client.send(
        "POST /admin/users HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n");
    const auto answer = client.read_response();
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer["WWW-Authenticate"], "Bearer");
    EXPECT_EQ(answer["Connection"], "close");
}

TEST_F(admin_site_on_tcp, a_token_is_needed_to_listen_at_all) {
    config options = options_;
    options.server.listen = {"127.0.0.1:0"};
    options.server.admin_listen = "127.0.0.1:0";
    try {
        const http_server server(options, policy_, parts_);
        ADD_FAILURE() << "it listens";
    } catch (const std::runtime_error& e) {
        EXPECT_THAT(e.what(), HasSubstr("server.admin_token_file"));
    }
}

}  // namespace
}  // namespace latchkey::http
