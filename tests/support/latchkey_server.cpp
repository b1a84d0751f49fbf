#include "latchkey_server.hpp"

#include "cookie_jar.hpp"
#include "free_port.hpp"
#include "prepared_users.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <poll.h>

namespace latchkey::test {
namespace {

std::string toml(const std::map<std::string, std::string>& values) {
    std::map<std::string, std::string> sections;
    for (const auto& [path, value] : values) {
        const auto dot = path.find('.');
        sections[path.substr(0, dot)] += path.substr(dot + 1) + " = " + value + '\n';
    }
    std::string out;
    for (const auto& [name, lines] : sections)
        out += '[' + name + "]\n" + lines + '\n';
    return out;
}

bool is_for_the_device(const std::string& field) {
    return field.starts_with("__Host-device=") || field.starts_with("device=");
}

}  // namespace

const test_user& alice() {
    static const test_user user{"alice@example.com", "tr0mbone-under-glass", "Alice Example", "admins,staff"};
    return user;
}

const test_user& bob() {
    static const test_user user{"bob@example.com", "nine-quiet-Lanterns", "", ""};
    return user;
}

const test_user& mallory() {
    static const test_user user{"mallory@example.com", "was-here-once-Before", "", "", true};
    return user;
}

std::string login_body(const test_user& user, bool remember) {
    return R"({"email":")" + user.email + R"(","password":")" + user.password +
           (remember ? R"(","remember_me":true})" : R"("})");
}

http_request login_request(const test_user& user, header_list headers) {
    return post_json("/login", login_body(user), std::move(headers));
}

std::string session_field(const http_response& response) {
    auto fields = response.all("Set-Cookie");
    std::erase_if(fields, is_for_the_device);
    if (fields.size() != 1)
        throw std::runtime_error(std::to_string(fields.size()) + " session cookies in a response of status " +
                                 std::to_string(response.status) + ": " + response.body);
    return std::move(fields.front());
}

std::string device_of(const http_response& response) {
    auto fields = response.all("Set-Cookie");
    std::erase_if(fields, std::not_fn(is_for_the_device));
    if (fields.size() > 1)
        throw std::runtime_error("several device cookies in a response");
    return fields.empty() ? std::string() : parse_set_cookie(fields.front()).value;
}

std::string cookie_of(const http_response& response) {
    return parse_set_cookie(session_field(response)).value;
}

header_list with_cookie(const std::string& value, header_list headers) {
    headers.emplace_back("Cookie", std::string(session_cookie) + '=' + value);
    return headers;
}

std::string latchkey_program() {
    return LATCHKEY_PROGRAM;
}

latchkey_server::latchkey_server(const server_setup& setup)
    : port_(setup.port != 0 ? setup.port : free_port()), max_open_files_(setup.max_open_files) {
    write_config(setup);
    add_users(setup);
    if (setup.start)
        start();
}

latchkey_server::~latchkey_server() {
    try {
        if (!process_)
            return;
        const int status = stop();
        EXPECT_EQ(status, 0) << "the server's exit code; it said:\n" << errors();
    } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
    }
}

void latchkey_server::write_config(const server_setup& setup) {
    std::map<std::string, std::string> values{
        {"server.listen", "[\"127.0.0.1:" + std::to_string(port_) + "\"]"},
        {"server.public_url", '"' + origin() + '"'},
        {"server.io_threads", "2"},
        {"database.url", "\"sqlite:" + directory_ / "latchkey.db" + '"'},
        {"password.memory", "\"64KiB\""},
        {"password.iterations", "1"},
        {"password.min_length", "8"},
        {"throttle.per_pair", "\"100000/1m\""},
        {"throttle.per_client", "\"100000/1m\""},
        {"throttle.per_account", "\"100000/1m\""},
    };
    for (const auto& [key, value] : setup.config)
        values[key] = value;
    // "unix:NAME" stands for a socket of that name in the server's directory.
    auto& listen = values["server.listen"];
    if (const auto at = listen.find("unix:"); at != std::string::npos) {
        const auto end = listen.find('"', at);
        unix_path_ = directory_ / listen.substr(at + 5, end - at - 5);
        listen.replace(at, end - at, "unix:" + unix_path_);
    }
    write_file(config_file(), toml(values));
}

void latchkey_server::add_users(const server_setup& setup) const {
    const prepared_users prepared(setup);
    if (prepared.shareable() && prepared.copy_to(directory_ / "latchkey.db"))
        return;
    for (const auto& user : setup.users)
        add_user(user);
    if (prepared.shareable())
        prepared.keep(directory_ / "latchkey.db");
}

void latchkey_server::add_user(const test_user& user) const {
    std::vector<std::string> words{"user", "add", "--email", user.email, "--password-stdin"};
    if (!user.name.empty())
        words.insert(words.end(), {"--name", user.name});
    if (!user.groups.empty())
        words.insert(words.end(), {"--groups", user.groups});
    auto result = command(words, user.password + '\n');
    if (result.status == 0 && user.disabled)
        result = command({"user", "disable", user.email});
    if (result.status != 0)
        throw std::runtime_error("cannot add " + user.email + ": " + result.output + result.errors);
}

run_result latchkey_server::command(std::vector<std::string> words, std::string input) const {
    child_options options;
    options.argv = {latchkey_program()};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.argv.insert(options.argv.end(), {"--config", config_file()});
    options.input = std::move(input);
    options.directory = directory_.path().string();
    return run_program(options);
}

void latchkey_server::start() {
    if (process_)
        past_output_ += process_->output();
    child_options options;
    options.argv = {latchkey_program(), "serve", "--config", config_file()};
    options.directory = directory_.path().string();
    options.max_open_files = max_open_files_;
    process_ = std::make_unique<child_process>(options);
    wait_until_ready();
}

raw_client latchkey_server::connect_anywhere() const {
    return unix_path_.empty() ? raw_client::tcp(port_) : raw_client::unix_socket(unix_path_);
}

void latchkey_server::wait_until_ready() {
    const deadline until;
    while (process_->running() && !until.passed()) {
        try {
            auto client = connect_anywhere();
            if (client.ask(get("/health/ready"), until).status == 200)
                return;
        } catch (const std::system_error&) {
            // Nobody listens yet.
        } catch (const connection_ended&) {
        }
        ::poll(nullptr, 0, 5);
    }
    throw std::runtime_error("the server does not become ready; it said:\n" + output() + errors());
}

raw_client latchkey_server::connect(const tcp_options& options) const {
    return unix_path_.empty() ? raw_client::tcp(port_, options) : raw_client::unix_socket(unix_path_);
}

http_response latchkey_server::ask(const http_request& request) const {
    return connect().ask(request);
}

std::string latchkey_server::login(const test_user& user) const {
    return cookie_of(ask(login_request(user)));
}

int latchkey_server::stop() {
    process_->send_signal(SIGTERM);
    const auto status = process_->wait();
    if (!status)
        throw std::runtime_error("the server does not end after SIGTERM; it said:\n" + output() + errors());
    return *status;
}

void latchkey_server::kill() {
    process_->send_signal(SIGKILL);
    process_->wait();
    past_output_ += process_->output();
    process_.reset();
}

std::vector<std::string> latchkey_server::log_lines() const {
    std::vector<std::string> lines;
    std::istringstream all(output());
    for (std::string line; std::getline(all, line);)
        if (!all.eof())
            lines.push_back(line);
    return lines;
}

}  // namespace latchkey::test
