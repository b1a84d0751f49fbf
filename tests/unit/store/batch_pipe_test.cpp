#include "batch_pipe.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>

namespace latchkey {
namespace {

using number_pipe = batch_pipe<std::unique_ptr<int>>;

TEST(batch_pipe, hands_over_everything_in_order) {
    for (const int count : {0, 1, 511, 512, 513, 20'000}) {
        number_pipe numbers;
        std::thread writer([&] {
            for (int n = 0; n < count; ++n)
                ASSERT_TRUE(numbers.push(std::make_unique<int>(n)));
            numbers.close();
        });
        int next = 0;
        while (const auto batch = numbers.pop())
            for (const auto& one : *batch)
                EXPECT_EQ(*one, next++);
        EXPECT_EQ(next, count);
        EXPECT_FALSE(numbers.pop());
        writer.join();
    }
}

TEST(batch_pipe, an_error_comes_behind_what_was_pushed) {
    number_pipe numbers;
    EXPECT_TRUE(numbers.push(std::make_unique<int>(1)));
    numbers.close(std::make_exception_ptr(std::runtime_error("x")));
    EXPECT_EQ(numbers.pop().value().size(), 1U);
    EXPECT_THROW(numbers.pop(), std::runtime_error);
}

// Also one that waits for room.
TEST(batch_pipe, a_writer_hears_that_the_reader_has_gone) {
    number_pipe numbers;
    std::thread writer([&] {
        while (numbers.push(std::make_unique<int>(0))) {
        }
        numbers.close();
    });
    EXPECT_TRUE(numbers.pop());
    numbers.leave();
    writer.join();
}

}  // namespace
}  // namespace latchkey
