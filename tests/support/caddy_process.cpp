#include "caddy_process.hpp"

#include "free_port.hpp"
#include "tls_tunnel.hpp"

#include <csignal>

namespace latchkey::test {
namespace {

std::string caddy_program() {
    return first_program({"/usr/bin/caddy", "/usr/local/bin/caddy"});
}

class caddy_process final : public proxy_process {
public:
    explicit caddy_process(const proxy_ports& to) : proxy_process(to) {
        const auto own = free_port();
        const auto made = make_certificate(directory());
        write_file(directory() / "sample.caddyfile",
                   adapted_sample("config/caddy/Caddyfile",
                                  {{"127.0.0.1:9080", loopback_address(to.latchkey)},
                                   {"127.0.0.1:8080", loopback_address(to.app)},
                                   {"\napp.example.com {", "\nhttps://" + loopback_address(own) + " {"},
                                   {"# tls /etc/ssl/certs/app.example.com.pem /etc/ssl/private/app.example.com.key",
                                    "tls " + made.certificate + ' ' + made.key}}));
        // No second listener on port 80, and no administration.
        write_file(directory() / "Caddyfile",
                   "{\n\tadmin off\n\tauto_https disable_redirects\n}\nimport sample.caddyfile\n");
        child_options options;
        options.argv = {caddy_program(), "run", "--config", directory() / "Caddyfile", "--adapter", "caddyfile"};
        const auto home = directory().path().string();
        options.environment = {{"HOME", home}, {"XDG_DATA_HOME", home}, {"XDG_CONFIG_HOME", home}};
        start(options, own, SIGKILL);  // it would wait for its clients
        tunnel_ = std::make_unique<tls_tunnel>(to.front, own, made.certificate);
        http2_tunnel_ = std::make_unique<tls_tunnel>(http2_port_, own, made.certificate, "h2");
    }
    std::string log() const override { return proxy_process::log() + (tunnel_ ? tunnel_->log() : std::string{}); }

    std::uint16_t http2_port() const override { return http2_port_; }

private:
    std::uint16_t http2_port_ = free_port();
    std::unique_ptr<tls_tunnel> tunnel_, http2_tunnel_;
};

}  // namespace

const proxy_kind& caddy_kind() {
    static const proxy_kind kind{"caddy", "https", [] { return !caddy_program().empty() && have_tls_tunnel(); },
                                 [](const proxy_ports& ports) -> std::unique_ptr<proxy_process> {
                                     return std::make_unique<caddy_process>(ports);
                                 }};
    return kind;
}

}  // namespace latchkey::test
