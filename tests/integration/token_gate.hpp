// The examples of docs/examples, running: what lets people in by their access token alone, without asking Latchkey.
#pragma once

#include "proxy_process.hpp"
#include "test_programs.hpp"
#include "token_issuer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

namespace latchkey::test {

class token_gate {
public:
    virtual ~token_gate() = default;

    // Status of GET / with these headers; and with this token.
    int status(const header_list& headers) const;
    int with(const std::string& token) const { return status({{"Authorization", "Bearer " + token}}); }
    // Asks until the status is this one; when it never is, tells what the service said meanwhile.
    testing::AssertionResult comes_to(int wanted, const std::string& token) const;

protected:
    std::uint16_t port() const noexcept { return port_; }
    virtual std::string said() const = 0;  // on its standard output and error

private:
    std::uint16_t port_ = free_port_for_gate();
    static std::uint16_t free_port_for_gate();
};

// docs/examples/node, for the Latchkey of that origin.
class node_gate final : public token_gate {
public:
    // `silence`: ms for which the last word of Latchkey counts. Throws std::runtime_error.
    node_gate(const std::string& latchkey, const std::string& algorithm, int silence = 30'000);
    ~node_gate() override;

private:
    std::string said() const override;

    node_directory programs_;
    std::unique_ptr<child_process> process_;
};

// docs/examples/haproxy, likewise, with an application behind it.
class haproxy_gate final : public token_gate {
public:
    // `public_key`: PEM. Throws std::runtime_error.
    haproxy_gate(const std::string& latchkey, const std::string& public_key, std::uint16_t app);
    ~haproxy_gate() override;

    // Its companion, which tells it what has ended. `trusted`: seconds for which it is believed.
    void follow(int trusted = 30);
    void stop_following();
    // Forgets everything that it was told.
    void restart();

private:
    std::string said() const override;
    void start();

    std::string latchkey_;
    temp_dir directory_;
    std::unique_ptr<child_process> process_, follower_;
};

// An issuer that says whatever the test wants: tests/tokens/fake_issuer.py.
class fake_issuer {
public:
    explicit fake_issuer(const std::string& algorithm);
    ~fake_issuer();

    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
    // What POST to this target answers.
    nlohmann::json post(const std::string& target) const;

private:
    std::uint16_t port_;
    std::unique_ptr<child_process> process_;
};

}  // namespace latchkey::test
