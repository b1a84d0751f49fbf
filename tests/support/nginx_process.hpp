// A real nginx that serves the sample configuration which users copy.
//
// The sample is taken as it is; only what a user would adapt too (ports, addresses, names) is put in its place, and
// every such text must be in it. Everything that nginx writes goes to a directory of its own.
#pragma once

#include "child_process.hpp"
#include "raw_client.hpp"
#include "temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::test {

// Is there an nginx to run?
bool have_nginx();

class nginx_process {
public:
    // `sample`: a file below the source tree. `substitutions`: what stands in it, and what is to stand there; applied
    // in order, each everywhere. Returns when `port` accepts connections. Throws std::runtime_error.
    nginx_process(const std::string& sample, const std::vector<std::pair<std::string, std::string>>& substitutions,
                  std::uint16_t port);
    // SIGTERM and the end.
    ~nginx_process();

    raw_client connect() const { return raw_client::tcp(port_); }
    http_response ask(const http_request& request) const { return connect().ask(request); }
    std::string error_log() const;

private:
    temp_dir directory_;
    std::uint16_t port_;
    std::unique_ptr<child_process> process_;
};

}  // namespace latchkey::test
