#include "test_programs.hpp"

#include "proxy_process.hpp"

#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace latchkey::test {
namespace {

const std::string node_modules = "/usr/local/lib/latchkey-tests/node/node_modules";

std::string node() {
    return first_program({"/usr/bin/node", "/usr/local/bin/node"});
}

}  // namespace

std::string source_file(const std::string& name) {
    return LATCHKEY_SOURCE_DIR "/" + name;
}

std::vector<std::string> python_program(const std::string& name) {
    return {"/usr/bin/python3", "-B", source_file(name)};
}

bool python_has(const std::string& module) {
    return run({"/usr/bin/python3", "-c", "import " + module}).status == 0;
}

bool node_available() {
    return !node().empty() && std::filesystem::exists(node_modules + "/jose");
}

node_directory::node_directory(const std::vector<std::string>& programs) {
    for (const auto& program : programs)
        std::filesystem::copy(source_file(program), directory_.path());
    std::filesystem::create_directory_symlink(node_modules, directory_.path() / "node_modules");
}

std::vector<std::string> node_directory::command(const std::string& name) const {
    return {node(), directory_ / name};
}

run_result run(std::vector<std::string> command) {
    child_options options;
    options.argv = std::move(command);
    return run_program(options);
}

std::vector<std::string> output_lines(const std::vector<std::string>& command, const std::string& input) {
    const temp_dir directory;
    const auto file = directory / "input";  // more than a pipe holds
    write_file(file, input);
    child_options options;
    options.argv = {"/bin/sh", "-c", "exec \"$@\" <'" + file + '\'', "sh"};
    options.argv.insert(options.argv.end(), command.begin(), command.end());
    const auto result = run_program(options, deadline(std::chrono::seconds(60)));
    if (result.status != 0)
        throw std::runtime_error(command.back() + " failed: " + result.errors);
    std::vector<std::string> lines;
    std::istringstream all(result.output);
    for (std::string line; std::getline(all, line);)
        lines.push_back(line);
    return lines;
}

}  // namespace latchkey::test
