#include "journal_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace latchkey {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr milliseconds none{0};
constexpr milliseconds forever{600'000};

class noted_change final : public waiting_change {
public:
    noted_change(int n, std::vector<int>& order) : waiting_change(change_), n_(n), order_(order) {}
    void finish(result<std::size_t> outcome) noexcept override { order_.push_back(outcome ? n_ : -n_); }

private:
    journal_change change_;
    int n_;
    std::vector<int>& order_;
};

class journal_queue_test : public ::testing::Test {
protected:
    bool push(int n) { return queue.push(changes.emplace_back(n, order)); }
    static public_id id(std::uint8_t n) {
        public_id made;
        made.bytes[0] = n;
        return made;
    }

    journal_queue queue;
    std::deque<noted_change> changes;
    std::vector<int> order;
};

TEST_F(journal_queue_test, gives_changes_in_order_and_bounded) {
    for (int n = 1; n <= 5; ++n)
        EXPECT_TRUE(push(n));
    EXPECT_FALSE(queue.wait(forever, false));
    auto first = queue.take(3);
    EXPECT_EQ(first.size(), 3U);
    EXPECT_TRUE(queue.has_changes());
    EXPECT_TRUE(push(6));
    auto rest = queue.take_all();
    EXPECT_EQ(rest.size(), 3U);
    EXPECT_FALSE(queue.has_changes());
    EXPECT_TRUE(queue.take(1).empty());
    first.finish([](const waiting_change&) { return std::size_t{1}; });
    rest.finish([](const waiting_change&) { return errc::store_unavailable; });
    EXPECT_THAT(order, ElementsAre(1, 2, 3, -4, -5, -6));
    EXPECT_TRUE(first.empty());
    EXPECT_TRUE(push(7));
    EXPECT_EQ(queue.take_all().size(), 1U);
}

TEST_F(journal_queue_test, wakes_for_what_it_is_told_to) {
    EXPECT_TRUE(queue.wait(none, true));
    queue.note({{id(1), {}}});
    EXPECT_FALSE(queue.wait(forever, true));
    EXPECT_TRUE(queue.wait(none, false));
    queue.nudge();
    EXPECT_FALSE(queue.wait(forever, false));
    EXPECT_TRUE(queue.wait(none, false));
    queue.stop();
    EXPECT_FALSE(queue.wait(forever, false));
    EXPECT_TRUE(queue.stopped());
    EXPECT_FALSE(push(1));
}

TEST_F(journal_queue_test, gives_the_dead_first) {
    EXPECT_TRUE(queue.all_forgotten());
    queue.forget({id(1), id(2), id(3)});
    queue.forget({id(4)});
    queue.note({{id(5), {}}, {id(6), {}}});
    EXPECT_FALSE(queue.all_forgotten());
    EXPECT_EQ(queue.take_chores(3).dead.size(), 3U);
    const auto second = queue.take_chores(2);
    EXPECT_EQ(second.dead.size(), 1U);
    EXPECT_EQ(second.seen.size(), 1U);
    EXPECT_TRUE(queue.all_forgotten());
    EXPECT_TRUE(queue.take_chores(0).empty());
    EXPECT_EQ(queue.take_chores(9).seen.size(), 1U);
    EXPECT_TRUE(queue.take_chores(9).empty());
    EXPECT_FALSE(queue.has_chores());
}

// A database that cannot be written for days costs no more memory than this.
TEST_F(journal_queue_test, notes_are_bounded) {
    queue.note(std::vector<last_seen>(journal_queue::most_notes - 1));
    queue.note(std::vector<last_seen>(1000));
    queue.note(std::vector<last_seen>(1000));
    EXPECT_EQ(queue.take_chores(journal_queue::most_notes + 5000).seen.size(), journal_queue::most_notes);
}

}  // namespace
}  // namespace latchkey
