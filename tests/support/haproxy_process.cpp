#include "haproxy_process.hpp"

#include <csignal>
#include <stdexcept>

namespace latchkey::test {
namespace {

class haproxy_process final : public proxy_process {
public:
    explicit haproxy_process(const proxy_ports& to, const substitutions& script_changes = {})
        : haproxy_process(
              to, script_changes,
              adapted_sample("config/haproxy/haproxy.cfg", {{"127.0.0.1:9080", loopback_address(to.latchkey)}})) {}
    haproxy_process(const proxy_ports& to, const substitutions& script_changes, const std::string& sample)
        : proxy_process(to) {
        const auto script = directory() / "latchkey.lua";
        const auto socket = "abns@latchkey-" + std::to_string(to.front);  // one for each test
        write_file(script,
                   substituted(adapted_sample("config/haproxy/latchkey.lua", {{"abns@latchkey-question", socket}}),
                               script_changes));
        write_file(directory() / "haproxy.cfg",
                   substituted(sample, {{"127.0.0.1:8080", loopback_address(to.app)},
                                        {"bind :80 ", "bind " + loopback_address(to.front) + " "},
                                        {"abns@latchkey-question", socket},
                                        {"/etc/haproxy/latchkey.lua", script}}));
        child_options options;
        options.argv = {haproxy_program(), "-db", "-f", directory() / "haproxy.cfg"};
        start(options, to.front, SIGTERM);
    }
    std::uint16_t http2_port() const override { return ports().front; }
};

// From the first to before the second; both must be there.
std::string without(const std::string& text, const std::string& from, const std::string& to) {
    const auto begin = text.find(from), end = text.find(to);
    if (begin == std::string::npos || end == std::string::npos || end < begin)
        throw std::runtime_error("the sample has no " + from + " before " + to);
    return text.substr(0, begin) + text.substr(end);
}

}  // namespace

std::string haproxy_program() {
    return first_program({"/usr/sbin/haproxy", "/usr/local/sbin/haproxy"});
}

std::unique_ptr<proxy_process> start_haproxy_with(const proxy_ports& ports, const substitutions& script_changes) {
    return std::make_unique<haproxy_process>(ports, script_changes);
}

std::unique_ptr<proxy_process> start_haproxy_before(const proxy_ports& ports, std::uint16_t first,
                                                    std::uint16_t second) {
    const auto one =
        without(adapted_sample("config/haproxy/haproxy.cfg", {}), "# --- The question", "# --- The application");
    const auto several =
        adapted_sample("config/haproxy/several-servers.cfg",
                       {{"127.0.0.1:9081", loopback_address(first)}, {"127.0.0.1:9082", loopback_address(second)}});
    return std::make_unique<haproxy_process>(ports, substitutions{}, one + '\n' + several);
}

const proxy_kind& haproxy_kind() {
    static const proxy_kind kind{"haproxy", "http", [] { return !haproxy_program().empty(); },
                                 [](const proxy_ports& ports) -> std::unique_ptr<proxy_process> {
                                     return std::make_unique<haproxy_process>(ports);
                                 }};
    return kind;
}

}  // namespace latchkey::test
