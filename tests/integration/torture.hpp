// The torture set: raw requests, what may be answered, and whether the connection must end with it.
//
// Behind every request that must end the connection the runner sends a second, perfectly good one. No answer to that
// may ever come: a server that runs it disagrees with the proxy in front of it about where the first one ended.
#pragma once

#include "latchkey_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::test {

enum class after { closes, stays_open, either };

struct torture_case {
    const char* name;
    std::string bytes;
    std::vector<int> statuses;  // any of these
    after then = after::closes;
};

// Sends each case on a connection of its own to `server` and checks it.
void torture(const latchkey_server& server, const std::vector<torture_case>& cases);

// The request that smugglers would like to see run.
inline constexpr std::string_view smuggled = "GET /health/alive HTTP/1.1\r\nHost: smuggled\r\n\r\n";

// "GET TARGET HTTP/1.1", Host, these lines (each with its CRLF), blank line.
std::string plain_get(std::string_view lines, std::string_view target = "/health/alive");
// The same for a POST of JSON to /login; `lines` must say how long the body is.
std::string login_post(std::string_view lines, std::string_view body = {});

// One server for all tests of a suite, with small limits.
class torture_test : public testing::Test {
protected:
    static constexpr std::size_t header_bytes = 3000, header_fields = 20, target_bytes = 1024, body_bytes = 2048;

    static void SetUpTestSuite();
    static void TearDownTestSuite() { server_.reset(); }
    static latchkey_server& server() { return *server_; }

private:
    inline static std::unique_ptr<latchkey_server> server_;
};

}  // namespace latchkey::test
