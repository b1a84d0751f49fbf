#include "envoy_process.hpp"

#include <csignal>

namespace latchkey::test {
namespace {

std::string envoy_program() {
    return first_program({"/usr/local/lib/latchkey-tests/envoy", "/usr/local/bin/envoy", "/usr/bin/envoy"});
}

class envoy_process final : public proxy_process {
public:
    explicit envoy_process(const proxy_ports& to) : proxy_process(to) {
        const auto port = [](std::uint16_t number) { return "port_value: " + std::to_string(number) + " }"; };
        write_file(directory() / "envoy.yaml",
                   adapted_sample("config/envoy/envoy.yaml",
                                  {{"address: 0.0.0.0, port_value: 80 }", "address: 127.0.0.1, " + port(to.front)},
                                   {"port_value: 9080 }", port(to.latchkey)},
                                   {"port_value: 8080 }", port(to.app)},
                                   {"127.0.0.1:9080", loopback_address(to.latchkey)},
                                   {"\"app.example.com\", \"app.example.com:*\"", "\"127.0.0.1\", \"127.0.0.1:*\""}}));
        child_options options;
        options.argv = {
            envoy_program(), "--config-path", directory() / "envoy.yaml", "--concurrency", "2", "--disable-hot-restart",
            "--log-level",   "warn"};
        start(options, to.front, SIGKILL);  // it would wait for its clients
    }
    std::uint16_t http2_port() const override { return ports().front; }
};

}  // namespace

const proxy_kind& envoy_kind() {
    static const proxy_kind kind{"envoy", "http", [] { return !envoy_program().empty(); },
                                 [](const proxy_ports& ports) -> std::unique_ptr<proxy_process> {
                                     return std::make_unique<envoy_process>(ports);
                                 }};
    return kind;
}

}  // namespace latchkey::test
