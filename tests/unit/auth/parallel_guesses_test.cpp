// L5, CVE-2024-4629: two hundred guesses at once are no more than one after the other. The real authenticator and the
// real throttle, asked from several threads at a time; what is counted is the passwords that reach the hasher.
#include "fakes.hpp"
#include "login_fixture.hpp"
#include "make_throttle.hpp"
#include "sanitizer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <atomic>
#include <barrier>
#include <string>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

constexpr unsigned guesses_at_once = 200, team_size = 8;
constexpr unsigned pair_budget = 10, client_budget = 23, account_budget = 17;

// Nothing is ever right here. Meanwhile the thread goes on with its other guesses.
struct counting_hasher final : password_hasher {
    std::atomic<unsigned> judged{0};

    task<result<verification>> verify(const secret&, std::string, client_prefix) override {
        judged.fetch_add(1);
        const executor here = co_await boost::asio::this_coro::executor;
        co_await boost::asio::post(here, use_task);
        co_return verification{};
    }
    task<result<std::string>> hash(const secret&, client_prefix) override { co_return errc::overloaded; }
    bool saturated(const client_prefix&) const noexcept override { return false; }
};

struct deaf_audit final : audit_sink {
    void record(const audit_event&) noexcept override {}
};

class ParallelGuesses : public ::testing::Test {
protected:
    static throttle_options budgets() {
        throttle_options out;
        out.per_pair = {pair_budget, seconds{3600}};
        out.per_client = {client_budget, seconds{3600}};
        out.per_account = {account_budget, seconds{3600}};
        return out;
    }

    // Guess `n` of a round: from one client at one account, at one account from everywhere, or from one client at many.
    login_request guess(unsigned round, unsigned n) const {
        const bool many_clients = round % 3 == 1, many_accounts = round % 3 == 2;
        login_request out;
        out.email = account(round, many_accounts ? n : 0);
        out.password = secret("guess");
        auto& bytes = out.client.ip.bytes;  // 10.x.y.z
        bytes[10] = bytes[11] = 0xff;
        bytes[12] = 10;
        bytes[13] = static_cast<std::uint8_t>(round >> 8);
        bytes[14] = static_cast<std::uint8_t>(round);
        bytes[15] = static_cast<std::uint8_t>(many_clients ? n : 0);
        return out;
    }
    static std::string account(unsigned round, unsigned n) {
        return "person-" + std::to_string(round) + '-' + std::to_string(n) + "@example.com";
    }
    // Half of the rounds are at somebody whom there is.
    void prepare(unsigned round) {
        users.users.clear();
        asked.clear();
        if (round % 2 == 0) {
            stored_user somebody;
            somebody.profile.email = account(round, 0);
            somebody.password_hash = "hash";
            users.users[somebody.profile.email] = somebody;
        }
        hasher.judged = 0;
        refused = 0;
    }

    // One thread's share of a round, all of it under way before the first is judged.
    void guess_share(unsigned round, unsigned thread) {
        auto& io = contexts[thread];
        io.restart();
        for (unsigned n = thread; n < guesses_at_once; n += team_size)
            boost::asio::co_spawn(io, guess_once(guess(round, n)), [](std::exception_ptr error) {
                if (error)
                    std::rethrow_exception(error);
            });
        io.run();
    }
    task<void> guess_once(login_request request) {
        auto login = subject->login(std::move(request));
        const auto outcome = co_await std::move(login);
        if (!outcome && throttle_wait(outcome.error()) > seconds{0})
            refused.fetch_add(1);
    }

    testing::trace asked;  // by the database's one thread
    testing::fake_user_store users{asked};
    counting_hasher hasher;
    std::atomic<unsigned> refused{0};
    manual_clock time;
    const secret key{std::string(mac::key_size, 'k')};
    std::unique_ptr<persistent_throttle> table = make_throttle(budgets(), key, time);
    std::unique_ptr<throttle> attempts = make_table_face(*table);
    device_tokens devices{key, seconds{86400}, time};
    testing::fake_session_store store;
    deaf_audit audit;
    testing::recording_logger log;
    std::array<boost::asio::io_context, team_size> contexts;  // outlive the pool, which may still be leaving a post()
    worker_pool database{{"sql", 1, guesses_at_once, thread_priority::normal}};
    std::unique_ptr<session_authority> sessions = make_session_authority(store);
    std::unique_ptr<authenticator> subject =
        make_authenticator({users, database, hasher, *attempts, devices, *sessions, audit, log, false, 8});
};

TEST_F(ParallelGuesses, ExactlyTheAllowedNumberReachesTheHasher) {
    const unsigned rounds = test::under_sanitizer() ? 60 : 1'000;
    const std::array allowed{pair_budget, account_budget, client_budget};
    unsigned round = 0;
    bool more = true;
    prepare(round);
    std::barrier end(team_size, [&]() noexcept {
        EXPECT_EQ(hasher.judged, allowed[round % 3]) << "round " << round;
        EXPECT_EQ(refused, guesses_at_once - allowed[round % 3]) << "round " << round;
        more = ++round < rounds && !HasFailure();
        prepare(round);
    });
    std::vector<std::thread> team;
    for (unsigned t = 0; t < team_size; ++t)
        team.emplace_back([&, t] {
            while (more) {
                guess_share(round, t);
                end.arrive_and_wait();
            }
        });
    for (auto& thread : team)
        thread.join();
    EXPECT_TRUE(round == rounds || HasFailure());
}

}  // namespace
}  // namespace latchkey
