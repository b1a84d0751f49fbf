#include "nginx_process.hpp"

#include <csignal>
#include <filesystem>

#include <unistd.h>

namespace latchkey::test {
namespace {

std::string nginx_program() {
    return first_program({"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"});
}

// The least that nginx wants around a `conf.d` file. As root the workers stay root: the directory is owner-only.
std::string surroundings(const std::string& directory) {
    std::string out = ::geteuid() == 0 ? "user root;\n" : "";
    out += "daemon off;\nworker_processes 2;\npid " + directory + "/nginx.pid;\nerror_log " + directory +
           "/error.log info;\nevents { worker_connections 256; }\nhttp {\n  access_log off;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        out += std::string("  ") + kind + "_temp_path " + directory + '/' + kind + ";\n";
    return out + "  include " + directory + "/sample.conf;\n}\n";
}

class nginx_process final : public proxy_process {
public:
    nginx_process(const proxy_ports& to, const substitutions& mistakes) : proxy_process(to) {
        const auto sample =
            adapted_sample("config/nginx/latchkey.conf", {{"127.0.0.1:9080", loopback_address(to.latchkey)},
                                                          {"127.0.0.1:8080", loopback_address(to.app)},
                                                          {"listen 80;", "listen " + loopback_address(to.front) + ";"},
                                                          {"server_name app.example.com;", "server_name 127.0.0.1;"}});
        write_file(directory() / "sample.conf", substituted(sample, mistakes));
        write_file(directory() / "nginx.conf", surroundings(directory().path().string()));
        child_options options;
        options.argv = {nginx_program(),           "-p", directory().path().string(), "-e",
                        directory() / "error.log", "-c", directory() / "nginx.conf"};
        start(options, to.front, SIGTERM);
    }
    std::string log() const override {
        const std::string path = directory() / "error.log";
        return proxy_process::log() + (std::filesystem::exists(path) ? read_whole_file(path) : std::string{});
    }
};

}  // namespace

std::unique_ptr<proxy_process> start_nginx(const proxy_ports& ports, const substitutions& mistakes) {
    return std::make_unique<nginx_process>(ports, mistakes);
}

const proxy_kind& nginx_kind() {
    static const proxy_kind kind{"nginx", "http", [] { return !nginx_program().empty(); },
                                 [](const proxy_ports& ports) { return start_nginx(ports, {}); }};
    return kind;
}

substitutions refused_page_from(std::uint16_t port) {
    const std::string to = "proxy_pass http://", rest = ";\n    }\n    location @bare_refusal";
    return {{to + "latchkey" + rest, to + loopback_address(port) + rest}};
}

}  // namespace latchkey::test
