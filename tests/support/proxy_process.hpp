// A real proxy that serves the sample configuration which users copy, from a directory of its own.
//
// A sample is taken as it is; only what a user would adapt too (ports, addresses, names: the lines marked "yours") is
// put in its place, and every such text must be in it.
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

// All on 127.0.0.1.
struct proxy_ports {
    std::uint16_t front = 0;  // where clients of the test go
    std::uint16_t latchkey = 0;
    std::uint16_t app = 0;
};

using substitutions = std::vector<std::pair<std::string, std::string>>;

// `text` with what stands in it replaced, in order, each everywhere. Throws std::runtime_error when one does not.
std::string substituted(std::string text, const substitutions& changes);
// The same for a file below the source tree.
std::string adapted_sample(const std::string& sample, const substitutions& changes);
// The first that can be executed; "" when there is none.
std::string first_program(const std::vector<std::string>& paths);
// "127.0.0.1:PORT"
std::string loopback_address(std::uint16_t port);

class proxy_process {
public:
    explicit proxy_process(const proxy_ports& ports) : ports_(ports) {}
    proxy_process(const proxy_process&) = delete;
    proxy_process& operator=(const proxy_process&) = delete;
    // The stop signal, and the end.
    virtual ~proxy_process();

    raw_client connect() const { return raw_client::tcp(ports_.front); }
    // Where it takes HTTP/2 without TLS from clients that know so beforehand; 0: nowhere.
    virtual std::uint16_t http2_port() const { return 0; }
    // What it wrote to its log and to its terminal.
    virtual std::string log() const;

protected:
    // Returns when `port` accepts connections. Throws std::runtime_error.
    void start(const child_options& options, std::uint16_t port, int stop_signal);
    const proxy_ports& ports() const noexcept { return ports_; }
    const temp_dir& directory() const noexcept { return directory_; }

private:
    temp_dir directory_;
    proxy_ports ports_;
    std::unique_ptr<child_process> process_;
    int stop_signal_ = 0;
};

// One kind of proxy.
struct proxy_kind {
    std::string name;
    std::string scheme;  // of the URLs that people use there
    bool (*available)();
    std::unique_ptr<proxy_process> (*start)(const proxy_ports&);
    bool refuses_with_page = true;  // shows Latchkey's page to people whom a rule refuses
};

}  // namespace latchkey::test
