// Runs the command line as a shell would, against a configuration and a database of the test's own.
#pragma once

#include "command_line.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace latchkey {

class command_runner : public testing::Test {
protected:
    struct command_outcome {
        int exit = -1;
        std::string out;
        std::string err;
    };

    command_runner() {
        config_ = directory_.write("latchkey.toml", "[database]\nurl = 'sqlite:" + directory_.path("users.db") +
                                                        "'\n[password]\nmemory = '8KiB'\niterations = 1\n");
    }

    // Without "latchkey", and with the test's --config at its end where the command takes one.
    command_outcome run(std::vector<std::string> arguments, const std::string& input = {}) {
        arguments.insert(arguments.begin(), "latchkey");
        arguments.insert(arguments.end(), {"--config", config_});
        return run_plain(arguments, input);
    }

    command_outcome run_plain(const std::vector<std::string>& arguments, const std::string& input = {}) {
        std::vector<const char*> argv;
        for (const auto& argument : arguments)
            argv.push_back(argument.c_str());
        std::ostringstream out;
        std::ostringstream err;
        const auto file = directory_.write("input", input);
        const int in = open(file.c_str(), O_RDONLY | O_CLOEXEC);
        const console io{out, err, in, terminal_.c_str(), variables_};
        const int exit = run_command_line(static_cast<int>(argv.size()), argv.data(), io);
        close(in);
        return {exit, out.str(), err.str()};
    }

    temporary_directory directory_;
    std::string config_;
    std::string terminal_ = "/nowhere/tty";
    environment variables_;
};

}  // namespace latchkey
