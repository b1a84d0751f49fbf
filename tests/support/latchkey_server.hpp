// The real program, running: its own directory, database, users and port; stopped by SIGTERM at the end, where it must
// exit with 0.
//
// Hashing is cheap by default, so that a login costs microseconds, and guessing is next to free; tests that need slow
// logins or a throttle say so.
#pragma once

#include "child_process.hpp"
#include "raw_client.hpp"
#include "temp_dir.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::test {

struct test_user {
    std::string email;
    std::string password;
    std::string name;
    std::string groups;  // comma-separated, as the command line takes them
    bool disabled = false;
};

const test_user& alice();    // a name, two groups
const test_user& bob();      // neither
const test_user& mallory();  // disabled

// What POST /login takes.
std::string login_body(const test_user& user, bool remember = false);
http_request login_request(const test_user& user, header_list headers = {});

inline constexpr std::string_view session_cookie = "__Host-session";
inline constexpr std::string_view device_cookie = "__Host-device";
// The Set-Cookie field of the session cookie, whatever its name; that of the device cookie stands beside it where there
// is need. Throws std::runtime_error when the response has none, or several.
std::string session_field(const http_response& response);
// The device cookie's value; "" when the response sets none.
std::string device_of(const http_response& response);
// The value of the session cookie that a response sets. Throws std::runtime_error when it sets none.
std::string cookie_of(const http_response& response);
// The Cookie field that presents it.
header_list with_cookie(const std::string& value, header_list headers = {});

struct server_setup {
    // "section.key" to a TOML value, put in place of, or added to, the defaults of the tests.
    std::map<std::string, std::string> config;
    std::vector<test_user> users{alice(), bob(), mallory()};
    std::optional<unsigned> max_open_files;
    std::uint16_t port = 0;  // 0: a free one
    bool start = true;       // false: only write the configuration and add the users
};

class latchkey_server {
public:
    // Returns when the server is ready. Throws std::runtime_error, with what it said, when it does not become so.
    explicit latchkey_server(const server_setup& setup = {});
    latchkey_server(const latchkey_server&) = delete;
    latchkey_server& operator=(const latchkey_server&) = delete;
    // Ends what still runs and fails the test when it did not exit with 0.
    ~latchkey_server();

    std::uint16_t port() const noexcept { return port_; }
    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    const temp_dir& directory() const noexcept { return directory_; }
    std::string config_file() const { return directory_ / "latchkey.toml"; }
    child_process& process() { return *process_; }

    raw_client connect(const tcp_options& options = {}) const;
    // On a connection of its own.
    http_response ask(const http_request& request) const;
    // Logs in on a connection of its own: the cookie's value.
    std::string login(const test_user& user) const;

    // `latchkey WORDS… --config F`.
    run_result command(std::vector<std::string> words, std::string input = {}) const;

    void start();
    // SIGTERM and the end. The exit code. Throws std::runtime_error when it does not end.
    int stop();
    // SIGKILL and the end; the destructor then has nothing to complain about.
    void kill();

    // The complete lines of its standard output so far.
    std::vector<std::string> log_lines() const;
    std::string output() const { return past_output_ + (process_ ? process_->output() : std::string{}); }
    std::string errors() const { return process_ ? process_->errors() : std::string{}; }

private:
    void write_config(const server_setup& setup);
    void add_users(const server_setup& setup) const;
    void add_user(const test_user& user) const;
    void wait_until_ready();
    raw_client connect_anywhere() const;

    temp_dir directory_;
    std::uint16_t port_;
    std::string unix_path_;  // empty: TCP
    std::optional<unsigned> max_open_files_;
    std::string past_output_;
    std::unique_ptr<child_process> process_;
};

// The program's path.
std::string latchkey_program();

}  // namespace latchkey::test
