#include "tls_tunnel.hpp"

#include "haproxy_process.hpp"

#include <csignal>
#include <stdexcept>

namespace latchkey::test {
namespace {

std::string openssl_program() {
    return first_program({"/usr/bin/openssl", "/usr/local/bin/openssl"});
}

}  // namespace

bool have_tls_tunnel() {
    return !openssl_program().empty() && !haproxy_program().empty();
}

test_certificate make_certificate(const temp_dir& directory) {
    test_certificate made{directory / "certificate.pem", directory / "key.pem"};
    child_options options;
    options.argv = {openssl_program(),
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=app.example.com",
                    "-addext",
                    "subjectAltName=DNS:app.example.com,IP:127.0.0.1",
                    "-keyout",
                    made.key,
                    "-out",
                    made.certificate};
    const auto result = run_program(options);
    if (result.status != 0)
        throw std::runtime_error("no certificate: " + result.errors);
    return made;
}

tls_tunnel::tls_tunnel(std::uint16_t front, std::uint16_t to, const std::string& trusted, const std::string& protocol)
    : proxy_process({front, 0, to}) {
    write_file(
        directory() / "tunnel.cfg",
        "defaults\n  mode tcp\n  timeout connect 10s\n  timeout client 60s\n  timeout server 60s\nlisten tunnel\n"
        "  bind " +
            loopback_address(front) + "\n  server s " + loopback_address(to) + " ssl verify required ca-file " +
            trusted + (protocol.empty() ? "" : " alpn " + protocol) + "\n");
    child_options options;
    options.argv = {haproxy_program(), "-db", "-f", directory() / "tunnel.cfg"};
    start(options, front, SIGTERM);
}

}  // namespace latchkey::test
