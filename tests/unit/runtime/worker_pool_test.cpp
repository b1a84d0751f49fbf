// E2's queue, and the one door between io threads and workers. Suite names hold `concurrent` where TSan should look.
#include "worker_pool.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>

namespace latchkey {
namespace {

namespace asio = boost::asio;

// Runs `body` to its end on `io`, on this thread. The context stands before the pool in every test: it must outlive it.
template <class Body>
void run(asio::io_context& io, Body body) {
    std::exception_ptr failure;
    asio::co_spawn(
        io, [&]() -> task<void> { co_await body(); }, [&](std::exception_ptr e) { failure = e; });
    io.run();
    if (failure)
        std::rethrow_exception(failure);
}

TEST(worker_pool_concurrent, work_runs_elsewhere_and_comes_back_home) {
    asio::io_context io(1);
    worker_pool pool({"test", 2, 4, thread_priority::low});
    const auto home = std::this_thread::get_id();
    run(io, [&]() -> task<void> {
        auto where = [] { return result<std::thread::id>(std::this_thread::get_id()); };
        const auto there = co_await offload(pool, std::move(where));
        EXPECT_TRUE(there);
        EXPECT_NE(*there, home);
        EXPECT_EQ(std::this_thread::get_id(), home);
    });
}

// Whoever was answered because of a job, and then reads the metrics, finds it there.
TEST(worker_pool_concurrent, a_job_is_counted_before_its_caller_goes_on) {
    constexpr std::uint64_t jobs = 2'000;
    asio::io_context io(1);
    worker_pool pool({"test", 2, 4, thread_priority::low});
    run(io, [&]() -> task<void> {
        for (std::uint64_t i = 1; i <= jobs; ++i) {
            auto nothing = []() -> result<int> { return 1; };
            (void)co_await offload(pool, std::move(nothing));
            const auto stats = pool.stats();
            EXPECT_EQ(stats.done, i);
            EXPECT_EQ(stats.running, 0U);
        }
    });
}

TEST(worker_pool_concurrent, an_exception_comes_back) {
    asio::io_context io(1);
    worker_pool pool({"test", 1, 4, thread_priority::normal});
    EXPECT_THROW(run(io,
                     [&]() -> task<void> {
                         auto fail = []() -> result<int> { throw std::logic_error("bug"); };
                         (void)co_await offload(pool, std::move(fail));
                     }),
                 std::logic_error);
}

TEST(worker_pool_concurrent, the_bound_is_exact) {
    constexpr int queue = 3;
    asio::io_context io(1);
    worker_pool pool({"test", 1, queue, thread_priority::normal});
    std::latch started(1), release(1);
    std::atomic<int> done = 0, refused = 0;
    auto busy = [&]() -> task<void> {
        auto block = [&]() -> result<int> {
            if (started.try_wait() == false)
                started.count_down();
            release.wait();
            return 1;
        };
        const auto answer = co_await offload(pool, std::move(block));
        ++(answer ? done : refused);
        EXPECT_TRUE(answer || answer.error() == errc::overloaded);
    };
    asio::co_spawn(io, busy(), asio::detached);
    io.poll();
    started.wait();  // the one worker is at work: from here on everything waits
    for (int i = 0; i < queue + 2; ++i) {
        EXPECT_EQ(pool.full(), i >= queue);
        asio::co_spawn(io, busy(), asio::detached);
        io.poll();
    }
    io.poll();
    EXPECT_EQ(refused, 2);
    release.count_down();
    io.restart();
    io.run();
    EXPECT_EQ(done, 1 + queue);
}

TEST(worker_pool_concurrent, stopping_refuses_what_waits) {
    asio::io_context io(1);
    worker_pool pool({"test", 1, 8, thread_priority::normal});
    std::latch started(1), release(1);
    std::atomic<int> done = 0, refused = 0;
    auto job = [&]() -> task<void> {
        auto work = [&]() -> result<int> {
            started.count_down();
            release.wait();
            return 1;
        };
        const auto answer = co_await offload(pool, std::move(work));
        ++(answer ? done : refused);
    };
    asio::co_spawn(io, job(), asio::detached);
    io.poll();
    started.wait();
    asio::co_spawn(io, job(), asio::detached);
    asio::co_spawn(io, job(), asio::detached);
    io.poll();
    std::thread stopper([&] { pool.stop(); });
    while (!pool.full())
        std::this_thread::yield();
    release.count_down();
    stopper.join();
    io.restart();
    io.run();
    EXPECT_EQ(done, 1);
    EXPECT_EQ(refused, 2);
    pool.stop();  // idempotent
}

TEST(worker_pool_concurrent, many_callers_from_many_threads) {
    std::array<asio::io_context, 4> contexts;
    worker_pool pool({"test", 3, 100'000, thread_priority::normal});
    std::atomic<int> sum = 0;
    std::vector<std::thread> callers;
    for (auto& io : contexts)
        callers.emplace_back([&] {
            run(io, [&]() -> task<void> {
                for (int i = 0; i < 500; ++i) {
                    auto one = [] { return result<int>(1); };
                    const auto answer = co_await offload(pool, std::move(one));
                    if (answer)
                        sum += *answer;
                }
            });
        });
    for (auto& caller : callers)
        caller.join();
    EXPECT_EQ(sum, 2000);
}

// What a worker keeps for the next job is its own, so it's the worker that is told, and only one that kept something.
TEST(worker_pool_concurrent, an_idle_worker_is_told_once_after_each_spell_of_work) {
    static std::atomic<int> told;
    static thread_local bool worked;
    static std::atomic<bool> told_somebody_else;
    told = 0;
    told_somebody_else = false;
    asio::io_context io(1);
    worker_pool_options options{"test", 2, 4, thread_priority::normal};
    options.idle_after = milliseconds(20);
    options.when_idle = []() noexcept {
        told_somebody_else = told_somebody_else || !worked;
        ++told;
    };
    worker_pool pool(options);
    std::this_thread::sleep_for(milliseconds(60));
    EXPECT_EQ(told, 0) << "nobody has worked";
    for (int spell = 1; spell <= 3; ++spell) {
        io.restart();
        run(io, [&]() -> task<void> {
            auto work = []() -> result<int> {
                worked = true;
                std::this_thread::sleep_for(milliseconds(60));
                return told.load();
            };
            EXPECT_EQ(*co_await offload(pool, std::move(work)), spell - 1) << "told while at work";
        });
        for (const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
             told < spell && std::chrono::steady_clock::now() < end;)
            std::this_thread::sleep_for(milliseconds(1));
        std::this_thread::sleep_for(milliseconds(60));
        EXPECT_EQ(told, spell);
    }
    EXPECT_FALSE(told_somebody_else);
}

}  // namespace
}  // namespace latchkey
