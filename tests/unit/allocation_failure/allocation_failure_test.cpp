// E5: whichever allocation of a login, a check or a logout fails: the answer is no 2xx unless the work is done, and
// what comes after is as if it had never happened. The real server, hasher, stores and sockets, with every allocation
// of each step made to fail in turn.
#include "argon2_hasher.hpp"
#include "database.hpp"
#include "device_token.hpp"
#include "failing_memory.hpp"
#include "free_port.hpp"
#include "http_server.hpp"
#include "make_access_policy.hpp"
#include "make_authenticator.hpp"
#include "make_session_authority.hpp"
#include "make_throttle.hpp"
#include "raw_client.hpp"
#include "silent_domain.hpp"
#include "sql_session_journal.hpp"
#include "sql_user_store.hpp"
#include "table_session_store.hpp"
#include "temp_dir.hpp"
#include "tokens.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

namespace latchkey {
namespace {

constexpr std::string_view password = "correct horse battery";
constexpr argon2_parameters cheap{64 * 1024, 1};

struct answer {
    int status = 0;  // 0: the connection ended without one
    std::string cookie;
};

class allocation_failure : public ::testing::TestWithParam<const char*> {
protected:
    allocation_failure() {
        testing::exempt_this_thread();
        init_crypto();
        add_somebody();
        options_.server.listen = {"127.0.0.1:" + std::to_string(port_)};
        options_.server.io_threads = 1;
        options_.server.admin_listen = "off";
        options_.session.max_per_user = 10'000;
        sessions_ = open_sessions();
        authority_ = make_session_authority(*sessions_);
        authenticator_ = make_authenticator(
            {*users_, database_, *hasher_, *throttle_, devices_, *authority_, audit_, log_, false, 12});
        const http::domain domain{*authority_, *authenticator_, admins_, reloads_, ready_, audit_, log_, *time_};
        server_ = std::make_unique<http::http_server>(options_, make_access_policy(options_.access), domain);
        server_->start();
    }
    ~allocation_failure() override {
        server_->stop();
        hashing_.stop();
        database_.stop();
        sessions_->stop();
    }

    void add_somebody() {
        const auto email = email_address::parse("someone@example.com");
        const std::string hash = hash_password(secret(password), cheap).value();
        EXPECT_TRUE(users_->add(*email, "Someone", {"staff"}, hash));
    }

    std::unique_ptr<session_store> open_sessions() {
        if (std::string_view(GetParam()) == "memory")
            return make_memory_session_store(options_.session, *time_);
        auto journal = make_sql_session_journal(sql_, options_.session, *time_, current_time_line(*time_), false, log_);
        return make_journaled_session_store(options_.session, *time_, std::move(journal), log_);
    }

    answer ask(const test::http_request& request) const {
        try {
            auto client = test::raw_client::tcp(port_);
            const auto got = client.ask(request);
            answer out{got.status, {}};
            for (const auto& [name, value] : got.headers)
                if (name == "Set-Cookie" && value.starts_with("__Host-session="))
                    out.cookie = value.substr(0, value.find(';'));
            return out;
        } catch (const test::connection_ended&) {
            return {};
        }
    }
    answer login() const {
        return ask(test::post_json("/login",
                                   R"({"email":"someone@example.com","password":")" + std::string(password) + "\"}"));
    }
    answer check(const std::string& cookie) const {
        return ask(
            test::get("/api/authz/auth-request", {{"X-Original-URL", "https://app.example.com/"}, {"Cookie", cookie}}));
    }
    answer logout(const std::string& cookie) const {
        return ask({"POST", "/logout", {{"Cookie", cookie}, {"Origin", "http://127.0.0.1:9080"}}, {}});
    }

    // What comes of an act.
    struct expected {
        int status = 200;             // when nothing fails
        std::uint64_t allocations{};  // that it makes at least: else this test has lost its way to them
    };

    // Does `act` again and again, the first allocation failing, then the second, until none is left. `act` gives the
    // answer: one with a failure behind it never says that all went well. `then` looks at what has become of it, with
    // memory enough.
    template <class Act, class Then>
    void fail_each(const expected& wanted, Act act, Then then) {
        std::uint64_t n = 1;
        for (bool failed = true; failed; ++n) {
            testing::fail_allocation(n);
            const answer got = act();
            failed = testing::stop_failing();
            if (!failed || (got.status != 0 && got.status != 503)) {
                EXPECT_EQ(got.status, wanted.status);
            }
            EXPECT_FALSE(failed && got.status / 100 == 2) << got.status;
            then(got);
            ASSERT_FALSE(HasFailure()) << "allocation " << n;
            ASSERT_LT(n, 5'000U);
        }
        const auto allocations = n - 2;
        RecordProperty("allocations", static_cast<int>(allocations));
        EXPECT_GE(allocations, wanted.allocations);
    }

    test::temp_dir directory_;
    const std::uint16_t port_ = test::free_port();
    config options_;
    std::unique_ptr<clock> time_ = make_system_clock();
    testing::no_users admins_;
    testing::no_reloads reloads_;
    testing::always_ready ready_;
    testing::no_audit audit_;
    testing::no_log log_;
    std::shared_ptr<sql_database> sql_ = open_database({"sqlite:" + (directory_ / "test.db"), 2});
    std::unique_ptr<http::http_server> server_;  // its threads' contexts outlive the pools
    worker_pool database_{{"sql", 1, 64, thread_priority::normal, milliseconds{0}}};
    worker_pool hashing_{{"hash", 1, 64, thread_priority::normal, milliseconds{0}}};
    std::unique_ptr<user_store> users_ = make_sql_user_store(sql_, *time_, log_);
    std::unique_ptr<password_hasher> hasher_ = make_password_hasher(hashing_, cheap);
    const secret key_{std::string(32, 'k')};
    const std::unique_ptr<persistent_throttle> table_ = make_throttle(options_.throttle, key_, *time_);
    const std::unique_ptr<throttle> throttle_ = make_table_face(*table_);
    const device_tokens devices_{key_, options_.throttle.device_memory, *time_};
    std::unique_ptr<session_store> sessions_;
    std::unique_ptr<session_authority> authority_;
    std::unique_ptr<authenticator> authenticator_;
};

TEST_P(allocation_failure, of_a_login) {
    ASSERT_EQ(login().status, 200);
    fail_each(
        {200, 100}, [&] { return login(); },
        [&](const answer& got) {
            if (got.status == 200) {
                EXPECT_EQ(check(got.cookie).status, 200) << "said to be signed in";
                EXPECT_EQ(logout(got.cookie).status, 204);
            }
            const auto next = login();
            EXPECT_EQ(next.status, 200) << "the next login";
            EXPECT_EQ(check(next.cookie).status, 200);
            EXPECT_EQ(logout(next.cookie).status, 204);
            EXPECT_EQ(check(next.cookie).status, 401);
        });
}

TEST_P(allocation_failure, of_a_check) {
    const auto cookie = login().cookie;
    fail_each(
        {200, 1}, [&] { return check(cookie); },
        [&](const answer&) { EXPECT_EQ(check(cookie).status, 200) << "the session is what it was"; });
    fail_each(
        {401, 1}, [&] { return check("__Host-session=" + std::string(43, 'A')); }, [](const answer&) {});
}

TEST_P(allocation_failure, of_a_logout) {
    auto cookie = login().cookie;
    fail_each(
        {204, 3}, [&] { return logout(cookie); },
        [&](const answer& got) {
            if (got.status == 204) {
                EXPECT_EQ(check(cookie).status, 401) << "said to be signed out";
            }
            EXPECT_EQ(logout(cookie).status, 204) << "the second attempt";
            EXPECT_EQ(check(cookie).status, 401);
            cookie = login().cookie;
            EXPECT_EQ(check(cookie).status, 200);
        });
}

// Of answers that a client does not take: what is left of them is kept for it, or goes with its connection. None of it
// may reach the next client.
TEST_P(allocation_failure, of_answers_that_are_not_taken) {
    const auto cookie = login().cookie;
    const auto check_of = [&](std::string_view who) {
        return "GET /api/authz/auth-request HTTP/1.1\r\nHost: a\r\nX-Original-URL: "
               "https://app.example.com/\r\nCookie: " +
               cookie + "\r\nX-Request-Id: " + std::string(who) + "\r\n\r\n";
    };
    std::string many;
    while (many.size() < 64 * 1024)
        many.append(check_of("deaf"));
    // Until the server takes no more, or lets the connection go.
    const auto shout = [&](test::raw_client& deaf) {
        std::size_t at = 0;
        for (int idle = 0; idle < 10;) {
            const std::size_t sent = deaf.send_some(std::string_view(many).substr(at));
            at = (at + sent) % many.size();
            idle = sent == 0 ? idle + 1 : 0;
            if (sent == 0)
                std::this_thread::sleep_for(milliseconds{5});
        }
    };
    std::uint64_t n = 0;  // none fails at first: what is made once and kept is not what is looked for
    for (bool failed = true; failed; ++n) {
        auto deaf = test::raw_client::tcp(port_, {{}, 4096});
        deaf.send(check_of("deaf"));
        ASSERT_EQ(deaf.read_response()["X-Request-Id"], "deaf");
        testing::fail_allocation(n);
        shout(deaf);
        failed = testing::stop_failing() || n == 0;
        auto other = test::raw_client::tcp(port_);
        other.send(check_of("other"));
        ASSERT_EQ(other.read_response()["X-Request-Id"], "other") << "allocation " << n;
        ASSERT_LT(n, 100U);
    }
    EXPECT_GE(n, 4U);
}

INSTANTIATE_TEST_SUITE_P(stores, allocation_failure, ::testing::Values("memory", "database"),
                         [](const auto& made) { return std::string(made.param); });

}  // namespace
}  // namespace latchkey
