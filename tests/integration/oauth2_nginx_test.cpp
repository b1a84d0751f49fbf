// A real nginx, configured for oauth2-proxy in the manner of its documentation, with nothing changed but where the
// doorkeeper is: signed in passes with the names that such applications read, and nobody else does.
#include "free_port.hpp"
#include "guarded_sites.hpp"
#include "header_echo_upstream.hpp"

#include <gmock/gmock.h>

#include <csignal>

#include <poll.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* program = "/usr/sbin/nginx";

std::string configuration(const std::string& directory, std::uint16_t front, std::uint16_t latchkey,
                          std::uint16_t app) {
    const auto at = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
    std::string out = ::geteuid() == 0 ? "user root;\n" : "";
    out += "daemon off;\npid " + directory + "/nginx.pid;\nerror_log " + directory +
           "/error.log info;\nevents {}\nhttp {\n  access_log off;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        out += std::string("  ") + kind + "_temp_path " + directory + '/' + kind + ";\n";
    return out + "  server {\n    listen " + at(front) + R"(;
    location = /oauth2/auth {
        internal;
        proxy_pass http://)" +
           at(latchkey) + R"(;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-Uri $request_uri;
        proxy_set_header Content-Length "";
        proxy_pass_request_body off;
    }
    location / {
        auth_request /oauth2/auth;
        auth_request_set $user $upstream_http_x_auth_request_user;
        auth_request_set $email $upstream_http_x_auth_request_email;
        auth_request_set $groups $upstream_http_x_auth_request_groups;
        auth_request_set $name $upstream_http_x_auth_request_preferred_username;
        proxy_set_header X-User $user;
        proxy_set_header X-Email $email;
        proxy_set_header X-Groups $groups;
        proxy_set_header X-Name $name;
        proxy_pass http://)" +
           at(app) + ";\n    }\n  }\n}\n";
}

class oauth2_nginx : public testing::Test {
protected:
    oauth2_nginx() {
        if (::access(program, X_OK) != 0)
            return;
        auto setup = guarded_sites();
        setup.config["access.default"] = "\"authenticated\"";
        server_ = std::make_unique<latchkey_server>(setup);
        app_ = std::make_unique<header_echo_upstream>();
        const std::string directory = directory_.path().string();
        write_file(directory_ / "nginx.conf", configuration(directory, port_, server_->port(), app_->port()));
        child_options options;
        options.argv = {program, "-p", directory, "-e", directory_ / "error.log", "-c", directory_ / "nginx.conf"};
        nginx_ = std::make_unique<child_process>(options);
        for (const deadline until; nginx_->running() && !until.passed(); ::poll(nullptr, 0, 5)) {
            try {
                raw_client::tcp(port_);
                return;
            } catch (const std::system_error&) {
                // Nobody listens yet.
            }
        }
        throw std::runtime_error("nginx does not start: " + nginx_->errors() +
                                 read_whole_file(directory_ / "error.log"));
    }
    ~oauth2_nginx() override {
        if (nginx_) {
            nginx_->send_signal(SIGTERM);
            nginx_->wait();
        }
    }
    void SetUp() override {
        if (!nginx_)
            GTEST_SKIP() << "no nginx here";
    }
    http_response ask(header_list headers, const std::string& target = "/x") {
        headers.emplace_back("Host", "app.example.com");
        return raw_client::tcp(port_).ask(get(target, headers));
    }

    temp_dir directory_;
    const std::uint16_t port_ = free_port();
    std::unique_ptr<latchkey_server> server_;
    std::unique_ptr<header_echo_upstream> app_;
    std::unique_ptr<child_process> nginx_;
};

TEST_F(oauth2_nginx, those_signed_in_pass_under_their_own_names) {
    const auto response = ask(with_cookie(
        server_->login(alice()), {{"X-User", "root"}, {"X-Email", "root@example.com"}, {"x-groups", "wheel"}}));
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr("X-Email: " + alice().email));
    EXPECT_THAT(response.body, HasSubstr("X-Name: " + alice().email));
    EXPECT_THAT(response.body, HasSubstr("X-Groups: " + alice().groups));
    EXPECT_THAT(response.body, Not(HasSubstr("root")));
    EXPECT_THAT(response.body, Not(HasSubstr("wheel")));
    const auto groupless = ask(with_cookie(server_->login(bob()), {{"X-Groups", "wheel"}}));
    EXPECT_EQ(groupless.status, 200);
    EXPECT_THAT(groupless.body, Not(HasSubstr("wheel")));
}

// F4, CVE-2026-40575: nginx hands on what it does not set, and a rule that lets everybody see "/public/*" is no way in.
TEST_F(oauth2_nginx, nobody_passes_by_a_url_of_their_own) {
    const std::string open = "https://app.example.com/public/x";
    for (const header_list& spoofed : std::vector<header_list>{{},
                                                               {{"X-Original-URL", open}, {"X-Original-Method", "GET"}},
                                                               {{"X-Forwarded-Uri", "/public/x"},
                                                                {"X-Forwarded-Host", "app.example.com"},
                                                                {"X-Forwarded-Proto", "https"}},
                                                               {{"X-Auth-Request-User", "root"}},
                                                               {{"Cookie", "__Host-session=x"}}}) {
        EXPECT_EQ(ask(spoofed).status, 401);
        EXPECT_EQ(ask(spoofed, "/public/x").status, 401);
    }
    EXPECT_TRUE(app_->seen().empty());
}

}  // namespace
}  // namespace latchkey::test
