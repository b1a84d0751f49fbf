// Programs in Python and Node that tests run: helpers below tests/tokens, and the examples that services copy.
//
// Python is Debian's, with Debian's packages; Node is any, with what scripts/setup --test fetched from npm.
#pragma once

#include "child_process.hpp"
#include "temp_dir.hpp"

#include <string>
#include <vector>

namespace latchkey::test {

// The path of a file of the source tree.
std::string source_file(const std::string& name);

// The command that runs it.
std::vector<std::string> python_program(const std::string& name);
// Whether Debian's Python finds that module.
bool python_has(const std::string& module);

// Whether there is Node, and what the example's package-lock.json names.
bool node_available();
inline constexpr auto no_node = "no Node with the packages of docs/examples/node here: scripts/setup --test";

// Copies of programs, beside the packages that they import.
class node_directory {
public:
    // `programs`: files of the source tree. Throws std::runtime_error or std::filesystem::filesystem_error.
    explicit node_directory(const std::vector<std::string>& programs);
    // The command that runs the one of that file name.
    std::vector<std::string> command(const std::string& name) const;

private:
    temp_dir directory_;
};

// Runs a command to its end. Throws as run_program() does.
run_result run(std::vector<std::string> command);
// The lines that a program writes, given this. Throws std::runtime_error when it fails.
std::vector<std::string> output_lines(const std::vector<std::string>& command, const std::string& input);

}  // namespace latchkey::test
