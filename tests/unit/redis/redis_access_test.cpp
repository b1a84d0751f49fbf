// Who Redis lets in, and whom the client believes to be Redis.
#include "redis_client_fixture.hpp"
#include "test_authority.hpp"

namespace latchkey::testing {
namespace {

class redis_access : public redis_client_fixture {
protected:
    void SetUp() override {
        redis_client_fixture::SetUp();
        if (!test::redis_program().empty())
            issued_ = test::issue_certificate(directory_);
    }
    // Its port for plain connections stays.
    test::redis_lines with_tls(std::uint16_t port) const {
        return {"tls-port " + std::to_string(port), "tls-cert-file " + issued_.certificate,
                "tls-key-file " + issued_.key, "tls-ca-cert-file " + issued_.authority, "tls-auth-clients no"};
    }
    redis_client_options tls_options(const std::string& host, std::uint16_t port, const std::string& authority) {
        auto options = options_for("rediss://" + host + ':' + std::to_string(port));
        options.ca_file = authority;
        return options;
    }

    const test::temp_dir directory_;
    test::issued_certificate issued_;
};

TEST_F(redis_access, tls) {
    const auto port = test::free_port();
    test::redis_process redis(with_tls(port));
    for (const std::string host : {"127.0.0.1", "localhost"}) {
        redis_client client(tls_options(host, port, issued_.authority), log_);
        EXPECT_EQ(text(client, {"PING"}), "PONG");
    }
    const std::string large(1024 * 1024, 'x');
    redis_client client(tls_options("127.0.0.1", port, issued_.authority), log_);
    EXPECT_EQ(text(client, {"SET", "large", large}), "OK");
    EXPECT_EQ(text(client, {"GET", "large"}), large);
}

TEST_F(redis_access, tls_of_somebody_else) {
    const auto port = test::free_port();
    test::redis_process redis(with_tls(port));
    const test::temp_dir elsewhere;
    const auto other = test::issue_certificate(elsewhere);
    redis_client client(tls_options("127.0.0.1", port, other.authority), log_);
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("certificate verify failed");
    EXPECT_THROW(redis_client(tls_options("127.0.0.1", port, "/nowhere/ca.pem"), log_), std::runtime_error);
}

TEST_F(redis_access, tls_for_another_name) {
    const test::temp_dir elsewhere;
    issued_ = test::issue_certificate(elsewhere, "DNS:redis.example.com,IP:127.0.0.2");
    const auto port = test::free_port();
    test::redis_process redis(with_tls(port));
    redis_client client(tls_options("127.0.0.1", port, issued_.authority), log_);
    EXPECT_FALSE(ask(client, {"PING"}));
    await_said("certificate verify failed");
}

TEST_F(redis_access, tls_after_the_file_was_lost) {
    const auto port = test::free_port();
    test::redis_process redis(with_tls(port));
    const auto authority = test::read_whole_file(issued_.authority);
    redis_client client(tls_options("127.0.0.1", port, issued_.authority), log_);
    await_up(client);
    redis.kill();
    test::write_file(issued_.authority, "");
    await_said("redis.ca_file: ");
    test::write_file(issued_.authority, authority);
    redis.start();
    await_up(client);
}

// What docs/operations.md says is enough.
TEST_F(redis_access, a_user_with_the_least_rights) {
    const std::string chapter = test::read_whole_file(LATCHKEY_SOURCE_DIR "/docs/operations.md");
    const auto at = chapter.find("\nuser latchkey on >PASSWORD ") + 1;
    ASSERT_NE(at, 0U);
    std::string user = chapter.substr(at, chapter.find('\n', at) - at);
    user.replace(user.find("PASSWORD"), 8, "sesame");
    const auto optional = user.find(" +config|get");
    ASSERT_NE(optional, user.npos);
    test::redis_process telling({user});
    redis_client all(options_for("redis://latchkey@" + telling.address(), "sesame"), log_);
    EXPECT_TRUE(ask(all, {"CONFIG", "GET", "save"})->is_list(2));
    test::redis_process redis({user.erase(optional)});
    redis_client client(options_for("redis://latchkey@" + redis.address(), "sesame"), log_);
    EXPECT_EQ(text(client, {"SET", "latchkey:a", "b"}), "OK");
    EXPECT_TRUE(ask(client, {"SET", "other:a", "b"})->is_error("NOPERM"));
    EXPECT_TRUE(ask(client, {"CONFIG", "GET", "save"})->is_error("NOPERM"));
    const redis_script script("redis.call('set', ARGV[1], 'b') return redis.call('get', ARGV[1])");
    EXPECT_EQ(run_.await(client.run(script, {"latchkey:c"}))->text, "b");
    EXPECT_TRUE(run_.await(client.run(script, {"other:c"}))->is_error());
    EXPECT_EQ(log_.text().find("error="), std::string::npos) << log_.text();
}

TEST_F(redis_access, a_user_who_may_not_even_ask) {
    test::redis_process redis(
        {"user latchkey on >sesame ~* -@all +get +client|setname", "user nameless on >sesame ~* -@all +get +info"});
    redis_client client(options_for("redis://latchkey@" + redis.address(), "sesame"), log_);
    EXPECT_FALSE(ask(client, {"GET", "a"}));
    await_said("does not tell what it is (INFO): NOPERM");
    redis_client nameless(options_for("redis://nameless@" + redis.address(), "sesame"), log_);
    EXPECT_TRUE(ask(nameless, {"GET", "a"})->is_nil()) << "a name for CLIENT LIST can be done without";
}

}  // namespace
}  // namespace latchkey::testing
