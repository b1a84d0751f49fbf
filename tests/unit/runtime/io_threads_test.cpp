#include "io_threads.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <thread>

namespace latchkey {
namespace {

TEST(io_threads_concurrent, one_thread_for_each_context) {
    io_threads io(3);
    ASSERT_EQ(io.size(), 3U);
    std::array<std::thread::id, 3> ran;
    std::latch all(3);
    for (std::size_t i = 0; i < 3; ++i)
        boost::asio::post(io[i], [&, i] {
            ran[i] = std::this_thread::get_id();
            all.count_down();
        });
    io.start();
    all.wait();
    EXPECT_EQ(std::set(ran.begin(), ran.end()).size(), 3U);
    io.stop();
    io.stop();
}

TEST(io_threads, zero_means_one_for_each_core) {
    io_threads io(0);
    EXPECT_GE(io.size(), 1U);
}

}  // namespace
}  // namespace latchkey
