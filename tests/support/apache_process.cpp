#include "apache_process.hpp"

#include <csignal>
#include <filesystem>

#include <unistd.h>

namespace latchkey::test {
namespace {

const std::string modules = "/usr/lib/apache2/modules";

std::string apache_program() {
    for (const auto& file : {std::string("/usr/share/lua/5.3/socket.lua"), modules + "/mod_lua.so"})
        if (!std::filesystem::exists(file))
            return {};
    return first_program({"/usr/sbin/apache2"});
}

// What Debian's apache2.conf and `a2enmod lua proxy proxy_http` do, for a server of its own.
std::string surroundings(const std::string& directory) {
    std::string out = "ServerRoot \"" + directory + "\"\nDefaultRuntimeDir \"" + directory + "\"\nPidFile \"" +
                      directory + "/apache.pid\"\nErrorLog \"" + directory + "/error.log\"\nServerName 127.0.0.1\n";
    for (const std::string module : {"mpm_event", "authz_core", "env", "proxy", "proxy_http", "lua"})
        out += "LoadModule " + module + "_module " + modules + "/mod_" + module + ".so\n";
    if (::geteuid() == 0)
        out += "User www-data\nGroup www-data\n";
    return out +
           "StartServers 1\nThreadsPerChild 16\nMaxRequestWorkers 32\nServerLimit 2\nMinSpareThreads 1\n"
           "MaxSpareThreads 32\nKeepAlive On\nInclude " +
           directory + "/sample.conf\n";
}

class apache_process final : public proxy_process {
public:
    explicit apache_process(const proxy_ports& to, const substitutions& script_changes = {}) : proxy_process(to) {
        const auto script = directory() / "latchkey.lua";
        write_file(script,
                   substituted(adapted_sample("config/apache/latchkey.lua", {{"9080", std::to_string(to.latchkey)}}),
                               script_changes));
        write_file(directory() / "sample.conf",
                   "Listen " + loopback_address(to.front) + "\n" +
                       adapted_sample("config/apache/latchkey.conf",
                                      {{"127.0.0.1:9080", loopback_address(to.latchkey)},
                                       {"127.0.0.1:8080", loopback_address(to.app)},
                                       {"<VirtualHost *:80>", "<VirtualHost " + loopback_address(to.front) + ">"},
                                       {"/etc/apache2/latchkey.lua", script}}));
        write_file(directory() / "apache.conf", surroundings(directory().path().string()));
        // The workers are another user where the tests run as root.
        std::filesystem::permissions(directory().path(),
                                     std::filesystem::perms::others_read | std::filesystem::perms::others_exec,
                                     std::filesystem::perm_options::add);
        child_options options;
        options.argv = {apache_program(), "-D", "FOREGROUND", "-f", directory() / "apache.conf"};
        start(options, to.front, SIGTERM);
    }
    std::string log() const override {
        const std::string path = directory() / "error.log";
        return proxy_process::log() + (std::filesystem::exists(path) ? read_whole_file(path) : std::string{});
    }
};

}  // namespace

std::unique_ptr<proxy_process> start_apache_with(const proxy_ports& ports, const substitutions& script_changes) {
    return std::make_unique<apache_process>(ports, script_changes);
}

const proxy_kind& apache_kind() {
    static const proxy_kind kind{"apache", "http", [] { return !apache_program().empty(); },
                                 [](const proxy_ports& ports) -> std::unique_ptr<proxy_process> {
                                     return std::make_unique<apache_process>(ports);
                                 },
                                 false};
    return kind;
}

}  // namespace latchkey::test
