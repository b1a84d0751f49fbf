#include "nginx_process.hpp"

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

std::string nginx_program() {
    for (const char* path : {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"})
        if (::access(path, X_OK) == 0)
            return path;
    return {};
}

std::string adapted(const std::string& sample, const std::vector<std::pair<std::string, std::string>>& substitutions) {
    std::string text = read_whole_file(std::string(LATCHKEY_SOURCE_DIR) + '/' + sample);
    for (const auto& [from, to] : substitutions) {
        auto at = text.find(from);
        if (at == std::string::npos)
            throw std::runtime_error(sample + " does not contain: " + from);
        for (; at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    }
    return text;
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

}  // namespace

bool have_nginx() {
    return !nginx_program().empty();
}

nginx_process::nginx_process(const std::string& sample,
                             const std::vector<std::pair<std::string, std::string>>& substitutions, std::uint16_t port)
    : port_(port) {
    const std::string directory = directory_.path().string();
    write_file(directory_ / "sample.conf", adapted(sample, substitutions));
    write_file(directory_ / "nginx.conf", surroundings(directory));
    child_options options;
    options.argv = {nginx_program(), "-p", directory, "-e", directory_ / "error.log", "-c", directory_ / "nginx.conf"};
    process_ = std::make_unique<child_process>(options);
    for (const deadline until; process_->running() && !until.passed();) {
        try {
            connect();
            return;
        } catch (const std::system_error&) {
            ::poll(nullptr, 0, 5);  // nobody listens yet
        }
    }
    throw std::runtime_error("nginx does not start; it said:\n" + process_->errors() + error_log());
}

nginx_process::~nginx_process() {
    process_->send_signal(SIGTERM);
    process_->wait();
}

std::string nginx_process::error_log() const {
    const std::string path = directory_ / "error.log";
    return std::filesystem::exists(path) ? read_whole_file(path) : std::string{};
}

}  // namespace latchkey::test
