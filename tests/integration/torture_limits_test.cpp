// H6: every limit is exact: what reaches it passes, one more does not.
#include "torture.hpp"

namespace latchkey::test {
namespace {

class limits : public torture_test {
protected:
    // A complete header block of exactly `size` bytes.
    static std::string block_of(std::size_t size) {
        const std::string start = "GET /health/alive HTTP/1.1\r\nHost: h\r\nX: ";
        return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    }
    // A request with exactly `count` fields, Host included.
    static std::string fields_of(std::size_t count) {
        std::string out = "GET /health/alive HTTP/1.1\r\nHost: h\r\n";
        for (std::size_t i = 1; i < count; ++i)
            out += "A: b\r\n";
        return out + "\r\n";
    }
    static std::string target_of(std::size_t size) {
        const std::string start = "/health/alive?";
        return plain_get("", start + std::string(size - start.size(), 'x'));
    }
    static std::string body_of(std::size_t size) {
        return login_post("Content-Length: " + std::to_string(size) + "\r\n", "{" + std::string(size - 2, ' ') + "}");
    }
};

TEST_F(limits, header_bytes) {
    torture(server(),
            {
                {"one less", block_of(header_bytes - 1), {200}, after::stays_open},
                {"exact", block_of(header_bytes), {200}, after::stays_open},
                {"one more", block_of(header_bytes + 1), {431}},
                {"much more", block_of(header_bytes * 20), {431}},
                {"no end in sight",
                 "GET /health/alive HTTP/1.1\r\nHost: h\r\nX: " + std::string(header_bytes * 2, 'x'),
                 {431}},
                {"one endless name", "GET /health/alive HTTP/1.1\r\n" + std::string(header_bytes * 2, 'x'), {431}},
                {"exact, and something else is wrong",
                 "GET /health/alive HTTP/1.1\r\nX: " + std::string(header_bytes - 35, 'x') + "\r\n\r\n",
                 {400}},
            });
}

TEST_F(limits, header_fields) {
    torture(server(), {
                          {"one less", fields_of(header_fields - 1), {200}, after::stays_open},
                          {"exact", fields_of(header_fields), {200}, after::stays_open},
                          {"one more", fields_of(header_fields + 1), {431}},
                          {"many", fields_of(500), {431}},
                      });
}

TEST_F(limits, target_bytes) {
    torture(server(), {
                          {"one less", target_of(target_bytes - 1), {200}, after::stays_open},
                          {"exact", target_of(target_bytes), {200}, after::stays_open},
                          {"one more", target_of(target_bytes + 1), {414}},
                          {"longer than the whole header may be", target_of(header_bytes * 2), {414, 431}},
                      });
}

TEST_F(limits, body_bytes) {
    torture(server(),
            {
                {"one less", body_of(body_bytes - 1), {400}, after::stays_open},
                {"exact", body_of(body_bytes), {400}, after::stays_open},
                {"one more", body_of(body_bytes + 1), {413}},
                {"one more, not sent", login_post("Content-Length: " + std::to_string(body_bytes + 1) + "\r\n"), {413}},
            });
}

// The limits are per request: full-size requests in one packet are each within them.
TEST_F(limits, are_counted_anew_for_each_request_of_a_connection) {
    auto client = server().connect();
    std::string all;
    for (int i = 0; i < 5; ++i)
        all += block_of(header_bytes) + fields_of(header_fields) + body_of(body_bytes);
    client.send(all);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(client.read_response().status, 200);
        EXPECT_EQ(client.read_response().status, 200);
        EXPECT_EQ(client.read_response().status, 400);
    }
}

// The documented defaults.
TEST(default_limits, are_exact) {
    latchkey_server server;
    const auto block = [](std::size_t size) {
        const std::string start = "GET /health/alive HTTP/1.1\r\nHost: h\r\nX: ";
        return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    };
    const auto fields = [](int count) {
        std::string lines;
        for (int i = 1; i < count; ++i)
            lines += "A: b\r\n";
        return plain_get(lines);
    };
    const auto target = [](std::size_t size) { return plain_get("", "/health/alive?" + std::string(size - 14, 'x')); };
    const auto body = [](std::size_t size) {
        return login_post("Content-Length: " + std::to_string(size) + "\r\n", std::string(size, ' '));
    };
    torture(server, {
                        {"header", block(16'384), {200}, after::stays_open},
                        {"header + 1", block(16'385), {431}},
                        {"fields", fields(100), {200}, after::stays_open},
                        {"fields + 1", fields(101), {431}},
                        {"target", target(8'192), {200}, after::stays_open},
                        {"target + 1", target(8'193), {414}},
                        {"body", body(16'384), {400}, after::stays_open},
                        {"body + 1", body(16'385), {413}},
                    });
}

}  // namespace
}  // namespace latchkey::test
