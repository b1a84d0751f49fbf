// An authority of the test's own, and what it issues for a server on this machine. Made by the program openssl.
#pragma once

#include "temp_dir.hpp"

#include <string>

namespace latchkey::test {

// Paths of PEM files.
struct issued_certificate {
    std::string authority;
    std::string certificate, key;
};

// `names`: subjectAltName, as openssl writes it. Throws std::runtime_error.
issued_certificate issue_certificate(const temp_dir& directory,
                                     const std::string& names = "IP:127.0.0.1,DNS:localhost");

}  // namespace latchkey::test
