#include "bare_server.hpp"

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <poll.h>

namespace latchkey::test {

void bare_server::launch() {
    child_options options;
    options.argv = {latchkey_program(), "serve", "--config", home_.config_file()};
    options.directory = home_.directory().path().string();
    options.environment = environment_;
    process_ = std::make_unique<child_process>(options);
}

bool bare_server::wait_until_ready() {
    const deadline until;
    while (process_->running()) {
        if (until.passed())
            throw std::runtime_error("the server neither becomes ready nor ends; it said:\n" + output() + errors());
        try {
            if (home_.connect().ask(get("/health/ready"), until).status == 200)
                return true;
        } catch (const std::system_error&) {
            // Nobody listens yet.
        } catch (const connection_ended&) {
        }
        ::poll(nullptr, 0, 1);
    }
    return false;
}

void bare_server::start() {
    launch();
    if (!wait_until_ready())
        throw std::runtime_error("the server ends with " + std::to_string(wait()) + " instead of starting; it said:\n" +
                                 output() + errors());
}

std::optional<int> bare_server::kill() {
    std::optional<int> ended;
    if (!process_->running())
        ended = process_->wait();
    process_->send_signal(SIGKILL);
    wait();
    return ended;
}

int bare_server::stop() {
    process_->send_signal(SIGTERM);
    return wait();
}

std::vector<std::string> bare_server::complaints() const {
    std::vector<std::string> out;
    std::istringstream all(errors());
    for (std::string line; std::getline(all, line);)
        if (line.find("warning: ") == std::string::npos)
            out.push_back(line);
    return out;
}

int bare_server::wait() {
    const auto status = process_->wait();
    if (!status)
        throw std::runtime_error("the server does not end; it said:\n" + output() + errors());
    return *status;
}

}  // namespace latchkey::test
