#include "argon2_hasher.hpp"

#include "await.hpp"

#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/resource.h>

namespace latchkey {
namespace {

constexpr argon2_parameters cheapest{64 * 1024, 1};

worker_pool_options one_worker() {
    worker_pool_options options;
    options.name = "hash";
    options.queue = 1;
    return options;
}

class Hasher : public ::testing::Test {
protected:
    testing::runner run;  // outlives the pool, whose thread may still be on its way out of a post() to it
    worker_pool pool{one_worker()};
    std::unique_ptr<password_hasher> hasher = make_password_hasher(pool, cheapest);
    const client_prefix nobody;
    const secret right{std::string_view{"right password"}};
    const secret wrong{std::string_view{"wrong password"}};
};

TEST_F(Hasher, VerifiesWhatItHashed) {
    const std::string phc = run.await(hasher->hash(right, nobody)).value();
    EXPECT_TRUE(run.await(hasher->verify(right, phc, nobody))->matches);
    EXPECT_FALSE(run.await(hasher->verify(wrong, phc, nobody))->matches);
}

TEST_F(Hasher, AsksForRehashAfterAChangeOfParameters) {
    const std::string phc = run.await(hasher->hash(right, nobody)).value();
    const auto dearer = make_password_hasher(pool, {128 * 1024, 1});
    EXPECT_TRUE(run.await(dearer->verify(right, phc, nobody))->needs_rehash);
    EXPECT_FALSE(run.await(dearer->verify(wrong, phc, nobody))->needs_rehash);
}

// A worker meets the memory of its last hash again: only the first one brings pages, 4,864 where none is huge.
TEST_F(Hasher, KeepsTheMemoryOfItsWorkers) {
    const auto pages_for = [&](const auto& call) {
        rusage before{}, after{};
        getrusage(RUSAGE_SELF, &before);
        EXPECT_TRUE(call());
        getrusage(RUSAGE_SELF, &after);
        return after.ru_minflt - before.ru_minflt;
    };
    const auto usual = make_password_hasher(pool, {});
    const std::string phc = run.await(usual->hash(right, nobody)).value();
    EXPECT_LT(pages_for([&] { return run.await(usual->verify(right, phc, nobody))->matches; }), 200);
    EXPECT_LT(pages_for([&] { return run.await(usual->hash(right, nobody)).has_value(); }), 200);
}

// L1: an unknown user's comparison ends in no, whatever was typed.
TEST_F(Hasher, MatchesNothingWithoutAHash) {
    for (const std::string& typed : {std::string{}, std::string{"right password"}, std::string(1024, 'x')}) {
        const auto checked = run.await(hasher->verify(secret(typed), "", nobody));
        ASSERT_TRUE(checked);
        EXPECT_FALSE(checked->matches);
        EXPECT_FALSE(checked->needs_rehash);
    }
}

// P4: nothing is put in the queue for it.
TEST_F(Hasher, RefusesForeignHashesOutright) {
    pool.stop();
    const std::string bcrypt = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    EXPECT_EQ(run.await(hasher->verify(right, bcrypt, nobody)).error(), errc::unsupported_hash);
}

// Keeps the pool's one worker busy until told to let go.
class occupant final : public worker_pool::job {
public:
    void run() noexcept override {
        started_.set_value();
        gate_.get_future().wait();
    }
    void refuse() noexcept override {}
    void wait_until_running() { started_.get_future().wait(); }
    void let_go() { gate_.set_value(); }

private:
    std::promise<void> started_, gate_;
};

class queued final : public worker_pool::job {
public:
    void run() noexcept override {}
    void refuse() noexcept override {}
};

// E2, L2: a full queue refuses the next caller at once, and unknown users stand in the same queue as known ones.
TEST_F(Hasher, IsOverloadedBeyondItsQueue) {
    const std::string phc = run.await(hasher->hash(right, nobody)).value();
    EXPECT_FALSE(hasher->saturated(nobody));
    occupant busy;
    queued waiting;
    ASSERT_TRUE(pool.try_post(busy));
    busy.wait_until_running();
    ASSERT_TRUE(pool.try_post(waiting));

    EXPECT_TRUE(hasher->saturated(nobody));
    EXPECT_EQ(run.await(hasher->verify(right, phc, nobody)).error(), errc::overloaded);
    EXPECT_EQ(run.await(hasher->verify(right, "", nobody)).error(), errc::overloaded);
    EXPECT_EQ(run.await(hasher->hash(right, nobody)).error(), errc::overloaded);
    busy.let_go();
    pool.stop();
}

// E2: a client that fills the queue keeps the next one from nothing; addresses of one IPv6 /64 are one client.
TEST_F(Hasher, QueuesClientsApart) {
    worker_pool_options options = one_worker();
    options.queue = 2;
    boost::asio::io_context io;
    worker_pool fair{options};
    const auto shared = make_password_hasher(fair, cheapest);
    client_address first, second, other;
    first.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 1};
    second.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 2};
    other.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 2, 1};
    occupant busy;
    ASSERT_TRUE(fair.try_post(busy));
    busy.wait_until_running();

    int refused = 0;
    const auto ask = [&](const client_address& who) {
        auto hashing = [&, who]() -> task<void> {
            const auto answer = co_await shared->hash(right, prefix_of(who));
            refused += answer.has_value() ? 0 : 1;
        };
        boost::asio::co_spawn(io, std::move(hashing), boost::asio::detached);
        io.poll();
    };
    ask(first);
    ask(second);
    EXPECT_TRUE(shared->saturated(prefix_of(second)));
    EXPECT_FALSE(shared->saturated(prefix_of(other)));
    ask(other);
    io.poll();
    EXPECT_EQ(refused, 1) << "the second gave way";
    busy.let_go();
    io.run();
    EXPECT_EQ(refused, 1);
    fair.stop();
}

TEST_F(Hasher, WorksOffTheCallersThread) {
    occupant busy;
    ASSERT_TRUE(pool.try_post(busy));
    busy.wait_until_running();
    boost::asio::io_context io;
    bool done = false;
    auto asking = [&]() -> task<void> {
        const auto checked = co_await hasher->verify(right, "", nobody);
        done = checked.has_value();
    };
    boost::asio::co_spawn(io, asking, boost::asio::detached);
    // Nothing but the worker can go on from here.
    while (io.poll() != 0) {
    }
    EXPECT_FALSE(done);
    busy.let_go();
    io.run();
    EXPECT_TRUE(done);
    pool.stop();
}

TEST(HasherParameters, MustBeWithinBounds) {
    worker_pool pool{one_worker()};
    EXPECT_THROW(make_password_hasher(pool, {std::size_t{2} << 30, 1}), std::invalid_argument);
    EXPECT_THROW(make_password_hasher(pool, {64 * 1024, 65}), std::invalid_argument);
}

}  // namespace
}  // namespace latchkey
