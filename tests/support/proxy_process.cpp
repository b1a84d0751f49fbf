#include "proxy_process.hpp"

#include <stdexcept>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace latchkey::test {

std::string substituted(std::string text, const substitutions& changes) {
    for (const auto& [from, to] : changes) {
        auto at = text.find(from);
        if (at == std::string::npos)
            throw std::runtime_error("a sample does not contain: " + from);
        for (; at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    }
    return text;
}

std::string adapted_sample(const std::string& sample, const substitutions& changes) {
    return substituted(read_whole_file(std::string(LATCHKEY_SOURCE_DIR) + '/' + sample), changes);
}

std::string first_program(const std::vector<std::string>& paths) {
    for (const auto& path : paths)
        if (::access(path.c_str(), X_OK) == 0)
            return path;
    return {};
}

std::string loopback_address(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

proxy_process::~proxy_process() {
    if (!process_)
        return;
    process_->send_signal(stop_signal_);
    process_->wait();
}

std::string proxy_process::log() const {
    return process_ ? process_->output() + process_->errors() : std::string{};
}

void proxy_process::start(const child_options& options, std::uint16_t port, int stop_signal) {
    stop_signal_ = stop_signal;
    process_ = std::make_unique<child_process>(options);
    for (const deadline until; process_->running() && !until.passed();) {
        try {
            raw_client::tcp(port);
            return;
        } catch (const std::system_error&) {
            ::poll(nullptr, 0, 5);  // nobody listens yet
        }
    }
    throw std::runtime_error(options.argv.front() + " does not start; it said:\n" + log());
}

}  // namespace latchkey::test
