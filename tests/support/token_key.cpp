#include "token_key.hpp"

#include "child_process.hpp"
#include "temp_dir.hpp"

#include <filesystem>
#include <stdexcept>

namespace latchkey::test {

void make_token_key(const std::string& file, const std::string& algorithm) {
    child_options command;
    command.argv = {"/usr/bin/openssl", "genpkey", "-algorithm", "ed25519"};
    if (algorithm == "ES256")
        command.argv = {"/usr/bin/openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"};
    if (algorithm == "HS256")
        command.argv = {"/usr/bin/openssl", "rand", "-base64", "32"};
    const auto key = run_program(command);
    if (key.status != 0)
        throw std::runtime_error("openssl makes no key: " + key.errors);
    write_file(file, key.output);
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace latchkey::test
