#include "account.hpp"

#include "expectations.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace latchkey::test {

using nlohmann::json;

int whoami(const latchkey_server& server, const std::string& cookie) {
    return server.ask(get("/sessions/whoami", with_cookie(cookie))).status;
}

json session_of(const latchkey_server& server, const std::string& cookie) {
    const auto response = server.ask(get("/sessions/whoami", with_cookie(cookie)));
    if (response.status != 200)
        throw std::runtime_error("nobody's session: " + response.body);
    return json_of(response);
}

std::string id_of(const latchkey_server& server, const std::string& cookie) {
    return session_of(server, cookie)["id"];
}

http_request list_request(const std::string& cookie) {
    return get("/sessions", with_cookie(cookie));
}

http_request end_request(const std::string& cookie, const std::string& target) {
    const bool many = target.empty() || target.front() == '?';
    return {"DELETE", (many ? "/sessions" : "/sessions/") + target, with_cookie(cookie), {}};
}

http_request reauthentication(const std::string& cookie, const std::string& password) {
    return post_json("/sessions/reauthenticate", json{{"password", password}}.dump(), with_cookie(cookie));
}

http_request password_change(const std::string& cookie, const std::string& current, const std::string& fresh) {
    return post_json("/password", json{{"current_password", current}, {"new_password", fresh}}.dump(),
                     with_cookie(cookie));
}

int login_status(const latchkey_server& server, const std::string& email, const std::string& password) {
    return server.ask(post_json("/login", json{{"email", email}, {"password", password}}.dump())).status;
}

std::vector<test_user> people(std::size_t count) {
    std::vector<test_user> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back({"person" + std::to_string(i) + "@example.com", "first-of-many-Words", "", ""});
    return all;
}

}  // namespace latchkey::test
