// A3: docs/audit.md is the schema of the audit trail. What the server writes is in it, and what is in it is written.
#include "admin_calls.hpp"
#include "audit_lines.hpp"
#include "expectations.hpp"
#include "free_port.hpp"
#include "token_key.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include <sys/stat.h>

namespace latchkey::test {
namespace {

using nlohmann::json;

using schema = std::map<std::string, std::set<std::string>>;

std::set<std::string> words_in(const std::string& text) {
    std::set<std::string> words;
    const std::regex word("`([a-z_]+)`");
    for (std::sregex_iterator it(text.begin(), text.end(), word), end; it != end; ++it)
        words.insert((*it)[1]);
    return words;
}

// The tables whose header is "| Event | When | Reasons |": a type and its reasons.
schema documented() {
    schema out;
    std::istringstream text(read_whole_file(LATCHKEY_SOURCE_DIR "/docs/audit.md"));
    bool inside = false;
    const std::regex row(R"(\| `([a-z_]+)` \|.*\|([^|]*)\|)");
    for (std::string line; std::getline(text, line);) {
        std::smatch found;
        if (line == "| Event | When | Reasons |")
            inside = true;
        else if (line.empty())
            inside = false;
        else if (inside && std::regex_match(line, found, row))
            out[found[1]] = words_in(found[2]);
    }
    return out;
}

// Those of a run of everything that people can do.
class everything {
public:
    everything() {
        write_file(token_file_, "k8Jd0mQxV3tYw7ZpB2nRc5GhL9sFa1Eu\n");
        ::chmod(token_file_.c_str(), 0600);
        setup_.config["audit.file"] = "\"audit.log\"";
        setup_.config["session.max_per_user"] = "3";
        setup_.config["server.admin_listen"] = "\"127.0.0.1:" + std::to_string(admin_port_) + "\"";
        setup_.config["server.admin_token_file"] = '"' + token_file_ + '"';
        make_token_key(key_file_);
        setup_.config["tokens.enabled"] = "true";
        setup_.config["tokens.key_file"] = '"' + key_file_ + '"';
        server_.emplace(setup_);
    }

    std::vector<json> run() {
        logins();
        own_sessions();
        administrators();
        tokens();
        reloads();
        EXPECT_EQ(server_->stop(), 0);
        return json_lines(server_->directory() / "audit.log");
    }

private:
    http_response admin(const char* method, const std::string& target, const std::string& body = {}) {
        http_request request{method, target, {{"Authorization", "Bearer k8Jd0mQxV3tYw7ZpB2nRc5GhL9sFa1Eu"}}, body};
        if (!body.empty())
            request.headers.emplace_back("Content-Type", "application/json");
        return raw_client::tcp(admin_port_).ask(request);
    }
    http_response post(const char* target, const json& body, const std::string& cookie) {
        return server_->ask(post_json(target, body.dump(), with_cookie(cookie)));
    }

    void logins() {
        for (const auto& email : {alice().email, mallory().email, std::string("nobody@example.com")})
            server_->ask(wrong_login(email));
        server_->ask(login_request(mallory()));
        const std::string added =
            admin("POST", "/admin/users", json{{"email", "carol@example.com"}, {"name", ""}}.dump()).body;
        carol_ = json::parse(added).value("id", "");
        server_->ask(wrong_login("carol@example.com"));  // has no password
        server_->ask(post_json("/login", json{{"email", alice().email}, {"password", std::string(1'025, 'x')}}.dump()));
        const auto first = server_->login(bob());
        server_->ask(login_request(bob(), with_cookie(first)));  // replaced
        for (int i = 0; i < 3; ++i)
            server_->login(bob());  // beyond the cap
    }

    void own_sessions() {
        auto cookie = server_->login(alice());
        post("/sessions/reauthenticate", {{"password", "wrong"}}, cookie);
        cookie = cookie_of(post("/sessions/reauthenticate", {{"password", alice().password}}, cookie));
        post("/password", {{"current_password", alice().password}, {"new_password", "short"}}, cookie);
        post("/password", {{"current_password", "wrong"}, {"new_password", "late-Summer-rain"}}, cookie);
        cookie = cookie_of(
            post("/password", {{"current_password", alice().password}, {"new_password", "late-Summer-rain"}}, cookie));
        auto other = alice();
        other.password = "late-Summer-rain";
        server_->login(other);
        const auto listed = json_of(server_->ask(get("/sessions", with_cookie(cookie))));
        for (const auto& one : listed["sessions"])
            if (!one.value("current", false))
                server_->ask({"DELETE", "/sessions/" + one["id"].get<std::string>(), with_cookie(cookie), {}});
        server_->ask({"DELETE", "/sessions", with_cookie(cookie), {}});
        server_->ask({"POST", "/logout", with_cookie(cookie), {}});
        post("/sessions/reauthenticate", {{"password", "late-Summer-rain"}}, cookie);
        post("/password", {{"current_password", "a"}, {"new_password", "late-Summer-rain"}}, cookie);
    }

    void administrators() {
        const std::string user = "/admin/users/" + carol_;
        admin("PATCH", user, R"({"name":"Carol","groups":["a"],"email":"carol2@example.com"})");
        admin("PATCH", user, R"({"disabled":true})");
        admin("PATCH", user, R"({"disabled":false,"password":"a-Carol-sort-of-word"})");
        test_user carol{"carol2@example.com", "a-Carol-sort-of-word", "", ""};
        const auto mine = json_of(server_->ask(get("/sessions/whoami", with_cookie(server_->login(carol)))));
        admin("DELETE", "/admin/sessions/" + mine.value("id", ""));
        server_->login(carol);
        admin("DELETE", user + "/sessions");
        admin("DELETE", user);
        admin("DELETE", "/admin/throttles?all=true");
        raw_client::tcp(admin_port_).ask(get("/admin/users"));
        raw_client::tcp(admin_port_).ask(get("/admin/users", {{"Authorization", "Bearer x"}}));
    }

    json refresh(const std::string& token) {
        return json_of(server_->ask(post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", token}})));
    }
    json log_in_for_tokens() {
        return json_of(server_->ask(post_form(
            "/token", {{"grant_type", "password"}, {"username", bob().email}, {"password", bob().password}})));
    }

    void tokens() {
        server_->ask(post_form("/token/revoke", {{"token", log_in_for_tokens()["access_token"]}}));
        const std::string first = log_in_for_tokens()["refresh_token"];
        (void)refresh(refresh(first)["refresh_token"]);
        // A server that was started since knows no grace for a token that is two uses back.
        EXPECT_EQ(server_->stop(), 0);
        server_->start();
        EXPECT_EQ(refresh(first)["error"], "invalid_grant");
    }

    void reloads() {
        admin("POST", "/admin/reload");
        const auto good = read_whole_file(server_->config_file());
        write_file(server_->config_file(), good + "nonsense");
        admin("POST", "/admin/reload");
        write_file(server_->config_file(), good);
        const auto path = server_->directory() / "audit.log";
        const auto before = count_events(path, "configuration_reload");
        server_->process().send_signal(SIGHUP);
        wait_until([&] { return count_events(path, "configuration_reload") > before; }, "the reload");
    }

    temp_dir directory_;
    const std::string token_file_ = directory_ / "token";
    const std::string key_file_ = directory_ / "key.pem";
    const std::uint16_t admin_port_ = free_port();
    server_setup setup_;
    std::optional<latchkey_server> server_;
    std::string carol_;
};

// "" stands for none, which needs no word in the documentation.
std::set<std::string> reasons_of(const json& event) {
    std::set<std::string> out;
    std::istringstream list(event["reason"].get<std::string>());
    for (std::string one; std::getline(list, one, ',');)
        out.insert(one);
    return out;
}

const std::vector<std::string> keys{"time",       "level", "event",   "audit",      "success",  "reason",
                                    "request_id", "email", "user_id", "session_id", "client_ip"};

// A1, A3
TEST(audit_schema, what_is_written_is_documented_and_the_other_way_round) {
    const schema pages = documented();
    ASSERT_GE(pages.size(), 13U) << "the tables of docs/audit.md were not understood";
    schema written;
    for (const auto& event : everything().run()) {
        SCOPED_TRACE(event.dump());
        std::vector<std::string> found;
        for (const auto& [key, value] : event.items())
            found.push_back(key);
        EXPECT_THAT(found, testing::UnorderedElementsAreArray(keys));
        const auto page = pages.find(event["event"]);
        ASSERT_NE(page, pages.end()) << "a type without documentation";
        for (const auto& reason : reasons_of(event))
            EXPECT_TRUE(page->second.contains(reason)) << reason << " is not documented";
        written[event["event"]].merge(reasons_of(event));
        EXPECT_EQ(event.dump().find("late-Summer-rain"), std::string::npos);
        EXPECT_EQ(event.dump().find("k8Jd0mQx"), std::string::npos);
    }
    // What nobody can bring about from outside, or only by a race; unit tests have those.
    const std::set<std::string> rare{"changed_meanwhile", "overloaded",     "session_limit", "store_unavailable",
                                     "internal_error",    "unfinished",     "throttled",     "second_signal",
                                     "refresh_lifetime",  "token_too_large"};
    // Of a login they are brought about; elsewhere they are the same code's.
    const std::set<std::string> as_login{"unknown_user", "disabled", "no_password", "password_too_long"};
    for (const auto& [type, reasons] : pages) {
        ASSERT_TRUE(written.contains(type)) << type << " is documented and never written";
        for (const auto& reason : reasons) {
            if (rare.contains(reason) || (type != "login" && type != "user_changed" && as_login.contains(reason)))
                continue;
            EXPECT_TRUE(written[type].contains(reason)) << type << ": " << reason;
        }
    }
}

// What the run above cannot bring about is at least a word of the source.
TEST(audit_schema, rare_reasons_are_in_the_source) {
    std::string source;
    for (const auto& file : std::filesystem::recursive_directory_iterator(LATCHKEY_SOURCE_DIR "/src"))
        if (file.path().extension() == ".cpp")
            source += read_whole_file(file.path());
    for (const char* reason : {"changed_meanwhile", "overloaded", "session_limit", "store_unavailable",
                               "internal_error", "unfinished", "second_signal", "refresh_lifetime", "token_too_large"})
        EXPECT_THAT(source, testing::HasSubstr('"' + std::string(reason) + '"'));
}

// V5: who ended, and by which request.
TEST(audit_schema, a_session_that_made_room_is_named) {
    server_setup setup;
    setup.config["audit.file"] = "\"audit.log\"";
    setup.config["session.max_per_user"] = "1";
    for (const char* store : {"\"database\"", "\"memory\""}) {
        setup.config["session.store"] = store;
        latchkey_server server(setup);
        const auto oldest = json_of(server.ask(login_request(alice())))["session"];
        const auto next = server.ask(login_request(alice()));
        EXPECT_EQ(server.stop(), 0);
        int found = 0;
        for (const auto& event : json_lines(server.directory() / "audit.log"))
            if (event["event"] == "session_revoked") {
                ++found;
                EXPECT_EQ(event["reason"], "max_per_user");
                EXPECT_EQ(event["success"], true);
                EXPECT_EQ(event["session_id"], oldest["id"]);
                EXPECT_EQ(event["user_id"], oldest["user"]["id"]);
                EXPECT_EQ(event["email"], alice().email);
                EXPECT_EQ(event["client_ip"], "127.0.0.1");
                EXPECT_EQ(event["request_id"], next["X-Request-Id"]);
            }
        EXPECT_EQ(found, 1) << store;
    }
}

}  // namespace
}  // namespace latchkey::test
