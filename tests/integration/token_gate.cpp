#include "token_gate.hpp"

#include "free_port.hpp"
#include "haproxy_process.hpp"

#include <csignal>
#include <stdexcept>

#include <poll.h>

namespace latchkey::test {
namespace {

void end(const std::unique_ptr<child_process>& process) {
    if (process) {
        process->send_signal(SIGTERM);
        process->wait();
    }
}

bool accepts(std::uint16_t port) {
    try {
        raw_client::tcp(port);
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

[[noreturn]] void serves_not(const child_options& options, const child_process& process) {
    throw std::runtime_error(options.argv[0] + " does not serve: " + process.output() + process.errors());
}

// For a program that says nothing when it is there.
std::unique_ptr<child_process> accepting(std::vector<std::string> command, std::uint16_t port) {
    child_options options;
    options.argv = std::move(command);
    auto process = std::make_unique<child_process>(options);
    for (const deadline until; !accepts(port); ::poll(nullptr, 0, 5))
        if (!process->running() || until.passed())
            serves_not(options, *process);
    return process;
}

// For one that says "ready" once it listens: then it is this one that does.
std::unique_ptr<child_process> announced(std::vector<std::string> command,
                                         std::map<std::string, std::string> environment = {}) {
    child_options options;
    options.argv = std::move(command);
    options.environment = std::move(environment);
    auto process = std::make_unique<child_process>(options);
    if (!process->wait_for_output([](const std::string& said) { return said.starts_with("ready\n"); }))
        serves_not(options, *process);
    return process;
}

}  // namespace

std::uint16_t token_gate::free_port_for_gate() {
    return free_port();
}

int token_gate::status(const header_list& headers) const {
    auto client = raw_client::tcp(port_);
    std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
    for (const auto& [name, value] : headers)
        request += name + ": " + value + "\r\n";
    client.send(request + "\r\n");
    const auto response = client.read_any_response();
    return response ? response->status : 0;
}

testing::AssertionResult token_gate::comes_to(int wanted, const std::string& token) const {
    int last = 0;
    for (const deadline until; !until.passed(); ::poll(nullptr, 0, 5)) {
        last = with(token);
        if (last == wanted)
            return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << "it stays at " << last << " and says: " << said();
}

node_gate::node_gate(const std::string& latchkey, const std::string& algorithm, int silence)
    : programs_({"docs/examples/node/service.mjs", "docs/examples/node/revocations.mjs"}),
      process_(announced(programs_.command("service.mjs"), {{"LATCHKEY", latchkey},
                                                            {"ALGORITHM", algorithm},
                                                            {"SILENCE_MS", std::to_string(silence)},
                                                            {"PORT", std::to_string(port())}})) {
}

node_gate::~node_gate() {
    end(process_);
}

std::string node_gate::said() const {
    return process_->output() + process_->errors();
}

haproxy_gate::haproxy_gate(const std::string& latchkey, const std::string& public_key, std::uint16_t app)
    : latchkey_(latchkey) {
    write_file(directory_ / "key.pem", public_key);
    write_file(directory_ / "revoked.map", "");
    write_file(directory_ / "haproxy.cfg", adapted_sample("docs/examples/haproxy/haproxy.cfg",
                                                          {{"127.0.0.1:8080", loopback_address(app)},
                                                           {"bind :80 ", "bind " + loopback_address(port()) + " "},
                                                           {"/run/haproxy/latchkey.sock", directory_ / "socket"},
                                                           {"/etc/haproxy/latchkey-1.pem", directory_ / "key.pem"},
                                                           {"/etc/haproxy/latchkey-2.pem", directory_ / "key.pem"},
                                                           {"/etc/haproxy/revoked.map", directory_ / "revoked.map"},
                                                           {"https://auth.example.com", latchkey},
                                                           {"https://api.example.com", latchkey}}));
    start();
}

haproxy_gate::~haproxy_gate() {
    end(follower_);
    end(process_);
}

std::string haproxy_gate::said() const {
    return process_->output() + process_->errors();
}

void haproxy_gate::start() {
    process_ = accepting({haproxy_program(), "-db", "-f", directory_ / "haproxy.cfg"}, port());
}

void haproxy_gate::restart() {
    end(process_);
    start();
}

void haproxy_gate::follow(int trusted) {
    child_options options;
    options.argv = {"/usr/bin/python3",         source_file("docs/examples/haproxy/follow-revocations"),
                    latchkey_ + "/revocations", directory_ / "socket",
                    directory_ / "revoked.map", "0.05",
                    std::to_string(trusted)};
    follower_ = std::make_unique<child_process>(options);
}

void haproxy_gate::stop_following() {
    end(follower_);
    follower_.reset();
}

fake_issuer::fake_issuer(const std::string& algorithm) : port_(free_port()) {
    auto command = python_program("tests/tokens/fake_issuer.py");
    command.insert(command.end(), {algorithm, std::to_string(port_)});
    process_ = announced(command);
}

fake_issuer::~fake_issuer() {
    end(process_);
}

nlohmann::json fake_issuer::post(const std::string& target) const {
    return nlohmann::json::parse(raw_client::tcp(port_).ask({"POST", target, {}, ""}).body);
}

}  // namespace latchkey::test
