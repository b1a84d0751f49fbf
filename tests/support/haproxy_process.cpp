#include "haproxy_process.hpp"

#include <csignal>

namespace latchkey::test {
namespace {

class haproxy_process final : public proxy_process {
public:
    explicit haproxy_process(const proxy_ports& to, const substitutions& script_changes = {}) : proxy_process(to) {
        const auto script = directory() / "latchkey.lua";
        const auto socket = "abns@latchkey-" + std::to_string(to.front);  // one for each test
        write_file(script,
                   substituted(adapted_sample("config/haproxy/latchkey.lua", {{"abns@latchkey-question", socket}}),
                               script_changes));
        write_file(
            directory() / "haproxy.cfg",
            adapted_sample("config/haproxy/haproxy.cfg", {{"127.0.0.1:9080", loopback_address(to.latchkey)},
                                                          {"127.0.0.1:8080", loopback_address(to.app)},
                                                          {"bind :80 ", "bind " + loopback_address(to.front) + " "},
                                                          {"abns@latchkey-question", socket},
                                                          {"/etc/haproxy/latchkey.lua", script}}));
        child_options options;
        options.argv = {haproxy_program(), "-db", "-f", directory() / "haproxy.cfg"};
        start(options, to.front, SIGTERM);
    }
    std::uint16_t http2_port() const override { return ports().front; }
};

}  // namespace

std::string haproxy_program() {
    return first_program({"/usr/sbin/haproxy", "/usr/local/sbin/haproxy"});
}

std::unique_ptr<proxy_process> start_haproxy_with(const proxy_ports& ports, const substitutions& script_changes) {
    return std::make_unique<haproxy_process>(ports, script_changes);
}

const proxy_kind& haproxy_kind() {
    static const proxy_kind kind{"haproxy", "http", [] { return !haproxy_program().empty(); },
                                 [](const proxy_ports& ports) -> std::unique_ptr<proxy_process> {
                                     return std::make_unique<haproxy_process>(ports);
                                 }};
    return kind;
}

}  // namespace latchkey::test
