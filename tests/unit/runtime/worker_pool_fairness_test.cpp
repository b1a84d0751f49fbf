// E2: who gets a worker, who is refused and when; on real threads, without a look at the time.
#include "worker_pool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <latch>
#include <mutex>
#include <numeric>
#include <thread>

namespace latchkey {
namespace {

class step final : public worker_pool::job {
public:
    explicit step(std::function<void(bool)> end) : end_(std::move(end)) {}
    void run() noexcept override { end_(true); }
    void refuse() noexcept override { end_(false); }

private:
    std::function<void(bool)> end_;
};

// Keeps a worker busy until told to let go.
class blocker final : public worker_pool::job {
public:
    void run() noexcept override {
        started.count_down();
        release.wait();
    }
    void refuse() noexcept override { ADD_FAILURE() << "was to run"; }

    std::latch started{1};
    std::latch release{1};
};

worker_pool_options options(unsigned threads, std::size_t queue, milliseconds max_wait = milliseconds{0}) {
    return {"test", threads, queue, thread_priority::normal, max_wait};
}

class worker_pool_fairness_concurrent : public ::testing::Test {
protected:
    // Notes "flow, ran or not" in the order of the ends.
    bool post(worker_pool& pool, worker_pool::flow_id flow) {
        jobs_.emplace_back([this, flow](bool ran) {
            const std::lock_guard lock(mutex_);
            ended_.emplace_back(flow, ran);
        });
        return pool.try_post(jobs_.back(), flow);
    }
    using end = std::pair<worker_pool::flow_id, bool>;
    std::vector<end> ended() {
        const std::lock_guard lock(mutex_);
        return ended_;
    }
    static void let_finish(worker_pool& pool, std::uint64_t jobs) {
        while (pool.stats().done < jobs)
            std::this_thread::yield();
    }

    std::mutex mutex_;
    std::vector<end> ended_;
    std::deque<step> jobs_;
};

TEST_F(worker_pool_fairness_concurrent, flows_take_turns) {
    blocker busy;
    worker_pool pool(options(1, 10));
    ASSERT_TRUE(pool.try_post(busy));
    busy.started.wait();
    for (const worker_pool::flow_id flow : {1, 1, 1, 2, 3})
        EXPECT_TRUE(post(pool, flow));
    EXPECT_EQ(pool.stats().waiting, 5U);
    EXPECT_EQ(pool.stats().running, 1U);
    busy.release.count_down();
    let_finish(pool, 6);
    EXPECT_EQ(ended(), (std::vector<end>{{1, true}, {2, true}, {3, true}, {1, true}, {1, true}}));
}

TEST_F(worker_pool_fairness_concurrent, a_displaced_job_is_refused_at_once) {
    blocker busy;
    worker_pool pool(options(1, 3));
    ASSERT_TRUE(pool.try_post(busy));
    busy.started.wait();
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(post(pool, 1));
    EXPECT_TRUE(pool.full(1));
    EXPECT_FALSE(pool.full(2));
    EXPECT_FALSE(post(pool, 1));
    EXPECT_TRUE(post(pool, 2));
    EXPECT_EQ(ended(), (std::vector<end>{{1, false}}));
    const auto stats = pool.stats();
    EXPECT_EQ(stats.refused_full, 1U);
    EXPECT_EQ(stats.refused_displaced, 1U);
    EXPECT_EQ(stats.waiting, 3U);
    busy.release.count_down();
    pool.stop();
}

// Nothing was measured yet, so nobody is refused at once; but none of those who waited for too long is worked on.
TEST_F(worker_pool_fairness_concurrent, who_has_waited_too_long_is_refused_when_a_worker_looks) {
    blocker busy;
    worker_pool pool(options(1, 10, milliseconds{20}));
    ASSERT_TRUE(pool.try_post(busy));
    busy.started.wait();
    EXPECT_TRUE(post(pool, 1));
    EXPECT_TRUE(post(pool, 2));
    const auto posted = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - posted <= milliseconds{20})
        std::this_thread::yield();
    busy.release.count_down();
    while (ended().size() < 2)
        std::this_thread::yield();
    EXPECT_EQ(ended(), (std::vector<end>{{1, false}, {2, false}}));
    EXPECT_EQ(pool.stats().refused_too_late, 2U);
    EXPECT_EQ(pool.stats().done, 1U);
}

// E2: not when their turn comes, which may be long after: as soon as somebody comes who could have their place.
TEST_F(worker_pool_fairness_concurrent, who_has_waited_too_long_gives_way_to_newcomers) {
    blocker busy;
    worker_pool pool(options(1, 2, milliseconds{20}));
    ASSERT_TRUE(pool.try_post(busy));
    busy.started.wait();
    EXPECT_TRUE(post(pool, 1));
    EXPECT_TRUE(post(pool, 2));
    EXPECT_FALSE(post(pool, 1)) << "no room";
    const auto posted = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - posted <= milliseconds{20})
        std::this_thread::yield();
    EXPECT_TRUE(post(pool, 1));
    EXPECT_EQ(ended(), (std::vector<end>{{1, false}, {2, false}}));
    EXPECT_EQ(pool.stats().refused_too_late, 2U);
    EXPECT_EQ(pool.stats().waiting, 1U);
    busy.release.count_down();
    pool.stop();
}

// A job took as long as anybody may wait: of three that would run one after the other the last can't be in time.
TEST_F(worker_pool_fairness_concurrent, who_could_not_be_in_time_is_refused_before) {
    blocker slow, busy;
    worker_pool pool(options(1, 10, milliseconds{20}));
    ASSERT_TRUE(pool.try_post(slow));
    slow.started.wait();
    const auto begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun <= milliseconds{40})
        std::this_thread::yield();
    slow.release.count_down();
    let_finish(pool, 1);
    ASSERT_TRUE(pool.try_post(busy));
    busy.started.wait();
    EXPECT_TRUE(post(pool, 1));
    EXPECT_TRUE(post(pool, 2));
    EXPECT_TRUE(pool.full(3));
    EXPECT_FALSE(post(pool, 3));
    EXPECT_EQ(pool.stats().refused_too_late, 1U);
    busy.release.count_down();
    pool.stop();
}

TEST_F(worker_pool_fairness_concurrent, stopping_refuses_every_flow) {
    blocker busy;
    worker_pool pool(options(1, 100));
    ASSERT_TRUE(pool.try_post(busy));
    busy.started.wait();
    for (worker_pool::flow_id i = 0; i < 50; ++i)
        EXPECT_TRUE(post(pool, i % 7));
    std::thread stopper([&] { pool.stop(); });
    while (ended().size() < 50)
        std::this_thread::yield();
    EXPECT_FALSE(post(pool, 1));
    EXPECT_TRUE(pool.full());
    busy.release.count_down();
    stopper.join();
    for (const auto& [flow, ran] : ended())
        EXPECT_FALSE(ran);
}

TEST_F(worker_pool_fairness_concurrent, times_are_counted) {
    worker_pool pool(options(2, 100));
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(post(pool, 1));
    let_finish(pool, 20);
    const auto stats = pool.stats();
    EXPECT_EQ(std::accumulate(stats.wait.counts.begin(), stats.wait.counts.end(), std::uint64_t{0}), 20U);
    EXPECT_EQ(std::accumulate(stats.run.counts.begin(), stats.run.counts.end(), std::uint64_t{0}), 20U);
    EXPECT_GT(stats.run.sum, 0);
    EXPECT_EQ(stats.running, 0U);
    EXPECT_EQ(stats.waiting, 0U);
}

// Each job ends exactly once, whatever the flows, the workers and those who look do to each other.
TEST_F(worker_pool_fairness_concurrent, nothing_is_lost_between_many_threads) {
    constexpr int callers = 4, each = 3'000;
    std::atomic<int> ran = 0, refused = 0, turned_away = 0;
    std::array<std::deque<step>, callers> jobs;
    worker_pool_stats stats;
    {
        worker_pool pool(options(3, 16, milliseconds{60'000}));
        std::vector<std::thread> threads;
        for (int c = 0; c < callers; ++c)
            threads.emplace_back([&, c] {
                for (int i = 0; i < each; ++i) {
                    auto& one =
                        jobs[static_cast<std::size_t>(c)].emplace_back([&](bool did) { ++(did ? ran : refused); });
                    const auto flow = static_cast<worker_pool::flow_id>(c == 0 ? i : c);
                    (void)pool.full(flow);
                    if (!pool.try_post(one, flow))
                        ++turned_away;
                }
            });
        for (auto& thread : threads)
            thread.join();
        while (ran == 0)  // the workers may have come late
            std::this_thread::yield();
        pool.stop();
        stats = pool.stats();
    }
    EXPECT_EQ(ran + refused + turned_away, callers * each);
    EXPECT_EQ(static_cast<int>(stats.done), ran);
}

TEST(histogram, sorts_into_classes) {
    histogram times;
    times.add(std::chrono::microseconds(500));
    times.add(std::chrono::microseconds(501));
    times.add(std::chrono::seconds(10));
    times.add(std::chrono::seconds(11));
    const auto& value = times.value();
    EXPECT_EQ(value.counts.front(), 1U);
    EXPECT_EQ(value.counts[1], 1U);
    EXPECT_EQ(value.counts[value.counts.size() - 2], 1U);
    EXPECT_EQ(value.counts.back(), 1U);
    EXPECT_NEAR(value.sum, 21.001001, 1e-9);
}

}  // namespace
}  // namespace latchkey
