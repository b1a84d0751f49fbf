// Starting: sockets, ports that are taken, and configurations with faults.
#include "bare_server.hpp"
#include "expectations.hpp"
#include "free_port.hpp"
#include "latchkey_server.hpp"
#include "sanitizer.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <map>
#include <sstream>
#include <string>
#include <utility>

#include <sys/stat.h>

namespace latchkey::test {
namespace {

using testing::HasSubstr;

TEST(unix_socket, serves_like_tcp) {
    server_setup setup;
    setup.config["server.listen"] = R"(["unix:latchkey.sock"])";
    setup.config["server.public_url"] = "\"https://auth.example.com\"";
    latchkey_server server(setup);
    const auto response = server.ask(login_request(alice(), {{"X-Forwarded-For", "203.0.113.9"}}));
    ASSERT_EQ(response.status, 200);
    EXPECT_EQ(json_of(response)["session"]["device"]["ip"], "203.0.113.9") << "socket peers are trusted by default";
    const auto check = server.ask(get(
        "/api/authz/auth-request", with_cookie(cookie_of(response), {{"X-Original-URL", "https://app.example.com/"}})));
    EXPECT_EQ(check.status, 200);
    EXPECT_EQ(check["Remote-Email"], alice().email);

    struct stat info {};
    ASSERT_EQ(::stat((server.directory() / "latchkey.sock").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & S_IRWXO, 0U) << "not for everybody";
}

TEST(unix_socket, a_peer_is_nobody_unless_trusted) {
    server_setup setup;
    setup.config["server.listen"] = R"(["unix:latchkey.sock"])";
    setup.config["server.trusted_proxies"] = "[]";
    latchkey_server server(setup);
    const auto response = server.ask(login_request(alice(), {{"X-Forwarded-For", "203.0.113.9"}}));
    EXPECT_EQ(json_of(response)["session"]["device"]["ip"], "");
}

// What a server with a database of its own says that is to listen there.
run_result serve_elsewhere(const std::string& listen) {
    server_setup setup;
    setup.config["server.listen"] = listen;
    setup.start = false;
    const latchkey_server other(setup);
    return other.command({"serve"});
}

// What a killed server leaves behind is no reason not to start.
TEST(unix_socket, a_stale_file_is_replaced) {
    server_setup setup;
    setup.config["server.listen"] = R"(["unix:latchkey.sock"])";
    latchkey_server server(setup);
    server.kill();
    server.start();
    EXPECT_EQ(server.ask(login_request(alice())).status, 200);
    const auto second = serve_elsewhere("[\"unix:" + server.directory() / "latchkey.sock" + "\"]");
    EXPECT_NE(second.status, 0);
    EXPECT_THAT(second.errors, HasSubstr("latchkey.sock"));
    EXPECT_EQ(server.ask(get("/health/ready")).status, 200);
}

TEST(tcp_and_unix, several_listeners) {
    server_setup setup;
    setup.port = free_port();
    const auto other = free_port();
    setup.config["server.listen"] =
        R"(["127.0.0.1:)" + std::to_string(setup.port) + R"(", "127.0.0.1:)" + std::to_string(other) + "\"]";
    latchkey_server server(setup);
    EXPECT_EQ(server.ask(get("/health/alive")).status, 200);
    EXPECT_EQ(raw_client::tcp(other).ask(get("/health/alive")).status, 200);
}

// The port is shared by the server's own threads, but never with another program or a second server.
TEST(port_in_use, is_said_clearly) {
    latchkey_server first;
    const auto address = "127.0.0.1:" + std::to_string(first.port());
    const auto second = serve_elsewhere("[\"" + address + "\"]");
    EXPECT_NE(second.status, 0);
    EXPECT_NE(second.status, 2) << "the configuration is not at fault";
    EXPECT_THAT(second.errors, HasSubstr(address));
    EXPECT_EQ(first.ask(get("/health/ready")).status, 200);
    for (int i = 0; i < 50; ++i)  // had the kernel shared the port out, some of these would be lost
        EXPECT_EQ(first.ask(get("/health/alive")).status, 200);
}

TEST(port_in_use, bad_addresses) {
    for (const char* listen : {R"(["192.0.2.1:9080"])", R"(["unix:/nonexistent/directory/s.sock"])"}) {
        server_setup setup;
        setup.users.clear();
        setup.start = false;
        latchkey_server server(setup);
        auto text = read_whole_file(server.config_file());
        const auto at = text.find("listen = ");
        text.replace(at + 9, text.find('\n', at) - at - 9, listen);
        write_file(server.config_file(), text);
        const auto result = server.command({"serve"});
        EXPECT_NE(result.status, 0) << listen;
        EXPECT_THAT(result.errors,
                    testing::AnyOf(HasSubstr("192.0.2.1:9080"), HasSubstr("/nonexistent/directory/s.sock")));
    }
}

// S2
// What the C library of the running server was told.
std::string tunables_of(std::map<std::string, std::string> environment) {
    server_setup setup;
    setup.start = false;
    const latchkey_server home(setup);
    bare_server server(home, std::move(environment));
    server.start();
    const std::string process = "/proc/" + std::to_string(server.pid());
    EXPECT_EQ(read_whole_file(process + "/comm"), "latchkey\n");
    std::istringstream variables(read_whole_file(process + "/environ"));
    const std::string name = "GLIBC_TUNABLES=";
    std::string found;
    for (std::string variable; std::getline(variables, variable, '\0');) {
        if (variable.starts_with(name))
            found = variable.substr(name.size());
        else if (variable.starts_with("glibc."))  // glibc has cut its own copy into pieces where it stands
            found.append(":").append(variable);
    }
    EXPECT_EQ(server.stop(), 0);
    return found;
}

TEST(huge_pages, are_asked_for_where_the_kernel_waits_for_that) {
    const bool waits =
        read_whole_file("/sys/kernel/mm/transparent_hugepage/enabled").find("[madvise]") != std::string::npos;
    const std::string asked = waits && !under_sanitizer() ? "glibc.malloc.hugetlb=1" : "";
    const std::string other = "glibc.malloc.check=0";
    EXPECT_EQ(tunables_of({}), asked);
    EXPECT_EQ(tunables_of({{"GLIBC_TUNABLES", other}}), asked.empty() ? other : other + ":" + asked);
    EXPECT_EQ(tunables_of({{"GLIBC_TUNABLES", "glibc.malloc.hugetlb=0"}}), "glibc.malloc.hugetlb=0");
}

TEST(configuration, ten_faults_are_reported_at_once) {
    const temp_dir directory;
    const auto file = directory / "faulty.toml";
    write_file(file,
               "[server]\n"                             // 1
               "listen = \"127.0.0.1:9080\"\n"          // 2 not a list
               "public_url = \"auth.example.com\"\n"    // 3 not an origin
               "trusted_proxies = [\"300.0.0.0/8\"]\n"  // 4 not a network
               "io_thraeds = 2\n"                       // 5 unknown key
               "[limits]\n"                             // 6
               "header_bytes = \"16KB\"\n"              // 7 not a size
               "header_timeout = \"10 seconds\"\n"      // 8 not a duration
               "[cookie]\n"                             // 9
               "secure = \"yes\"\n"                     // 10 not a boolean
               "same_site = \"None\"\n"                 // 11 not a choice
               "[session]\n"                            // 12
               "max_per_user = -1\n"                    // 13 out of range
               "[sesion]\n"                             // 14 unknown section
               "idle_timeout = \"30m\"\n"               // 15
               "[password]\n"                           // 16
               "min_length = 4\n");                     // 17 below the floor
    const std::vector<std::string> expected{
        ":2: server.listen: ",        ":3: server.public_url: ",   ":4: server.trusted_proxies: ",
        ":5: server.io_thraeds: ",    ":7: limits.header_bytes: ", ":8: limits.header_timeout: ",
        ":10: cookie.secure: ",       ":11: cookie.same_site: ",   ":13: session.max_per_user: ",
        ":17: password.min_length: ",
    };
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"config", "check"}, std::vector<std::string>{"serve"}}) {
        std::vector<std::string> argv{latchkey_program()};
        argv.insert(argv.end(), words.begin(), words.end());
        argv.insert(argv.end(), {"--config", file});
        child_options options;
        options.argv = argv;
        const auto result = run_program(options);
        EXPECT_EQ(result.status, 2);
        for (const auto& fault : expected)
            EXPECT_THAT(result.errors, HasSubstr(file + fault));
        EXPECT_THAT(result.errors, HasSubstr("sesion"));
        EXPECT_EQ(result.output.find("listening"), std::string::npos);
    }
}

TEST(configuration, what_is_no_configuration) {
    const temp_dir directory;
    const auto check = [&](const std::string& file) {
        child_options options;
        options.argv = {latchkey_program(), "config", "check", "--config", file};
        return run_program(options);
    };
    write_file(directory / "binary", std::string("\0\x01\xff\xfe", 4));
    write_file(directory / "syntax", "[server\nlisten = \n");
    write_file(directory / "twice", "[server]\nio_threads = 1\nio_threads = 2\n");
    write_file(directory / "huge", std::string(3 << 20, '#'));
    for (const char* name : {"binary", "syntax", "twice", "huge", "missing", "."}) {
        const auto result = check(directory / name);
        EXPECT_EQ(result.status, 2) << name;
        EXPECT_FALSE(result.errors.empty()) << name;
    }
    write_file(directory / "empty", "");
    EXPECT_EQ(check(directory / "empty").status, 0);
}

TEST(command_line, usage_faults) {
    const auto run = [](const std::vector<std::string>& words) {
        child_options options;
        options.argv = {latchkey_program()};
        options.argv.insert(options.argv.end(), words.begin(), words.end());
        return run_program(options);
    };
    EXPECT_EQ(run({"--version"}).status, 0);
    EXPECT_EQ(run({"--help"}).status, 0);
    EXPECT_EQ(run({"serve", "--help"}).status, 0);
    EXPECT_EQ(run({}).status, 2);
    EXPECT_EQ(run({"nonsense"}).status, 2);
    EXPECT_EQ(run({"serve", "--nonsense"}).status, 2);
    EXPECT_EQ(run({"user", "add"}).status, 2);
    EXPECT_NE(run({"user", "add", "--email", "a@b.example", "--password", "x"}).status, 0) << "never from argv";
}

// S3: a fresh database lets nobody in.
TEST(defaults, there_is_no_default_account) {
    server_setup setup;
    setup.users.clear();
    latchkey_server server(setup);
    for (const char* email : {"admin@example.com", "admin", "root", "test@example.com", "admin@localhost", ""})
        for (const char* password : {"admin", "password", "changeme", "latchkey", ""}) {
            const auto status =
                server.ask(post_json("/login", nlohmann::json{{"email", email}, {"password", password}}.dump())).status;
            EXPECT_THAT((std::vector{400, 401}), testing::Contains(status));
        }
}

}  // namespace
}  // namespace latchkey::test
