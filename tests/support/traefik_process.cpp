#include "traefik_process.hpp"

#include <csignal>
#include <filesystem>
#include <stdexcept>

#include <poll.h>

namespace latchkey::test {
namespace {

std::string traefik_program() {
    return first_program({"/usr/local/lib/latchkey-tests/traefik", "/usr/local/bin/traefik", "/usr/bin/traefik"});
}

class traefik_process final : public proxy_process {
public:
    explicit traefik_process(const proxy_ports& to) : proxy_process(to) {
        const auto dynamic = directory() / "dynamic.yaml";
        write_file(dynamic,
                   adapted_sample("config/traefik/dynamic.yaml", {{"127.0.0.1:9080", loopback_address(to.latchkey)},
                                                                  {"127.0.0.1:8080", loopback_address(to.app)},
                                                                  {"Host(`app.example.com`)", "Host(`127.0.0.1`)"}}));
        write_file(directory() / "traefik.yaml",
                   adapted_sample("config/traefik/static.yaml", {{"\":80\"", '"' + loopback_address(to.front) + '"'},
                                                                 {"/etc/traefik/dynamic.yaml", dynamic}}));
        std::filesystem::copy(std::string(LATCHKEY_SOURCE_DIR) + "/config/traefik/plugins-local",
                              directory() / "plugins-local", std::filesystem::copy_options::recursive);
        child_options options;
        options.argv = {traefik_program(), "--configFile=" + directory() / "traefik.yaml"};
        options.directory = directory().path().string();
        start(options, to.front, SIGKILL);  // it would wait for its clients
        for (const deadline until; !has_routes();)
            if (until.passed())
                throw std::runtime_error("Traefik reads no routes: " + log());
    }
    std::uint16_t http2_port() const override { return ports().front; }

private:
    // It listens before it has read where anything goes.
    bool has_routes() const {
        const auto answer = connect().ask(get("/", {{"Host", loopback_address(ports().front)}}));
        if (answer.status == 404)
            ::poll(nullptr, 0, 5);
        return answer.status != 404;
    }
};

}  // namespace

const proxy_kind& traefik_kind() {
    static const proxy_kind kind{"traefik", "http", [] { return !traefik_program().empty(); },
                                 [](const proxy_ports& ports) -> std::unique_ptr<proxy_process> {
                                     return std::make_unique<traefik_process>(ports);
                                 }};
    return kind;
}

}  // namespace latchkey::test
