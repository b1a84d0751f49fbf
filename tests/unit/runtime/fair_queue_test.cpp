// E2: the order of what waits, and who has to go when there is no room.
#include "fair_queue.hpp"

#include <climits>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

namespace latchkey {
namespace {

struct piece final : fair_queue::item {
    std::uint64_t flow = 0;
    int number = 0;
};

class fair_queue_order : public ::testing::Test {
protected:
    fair_queue::outcome push(fair_queue& queue, std::uint64_t flow, fair_queue::terms terms) {
        auto& made = pieces_.emplace_back();
        made.flow = flow;
        made.number = static_cast<int>(pieces_.size());
        return queue.push(made, flow, terms);
    }
    static piece* pop(fair_queue& queue) { return static_cast<piece*>(queue.pop()); }

    std::deque<piece> pieces_;
};

TEST_F(fair_queue_order, of_one_flow_is_the_order_of_arrival) {
    fair_queue queue(8);
    for (int i = 1; i <= 8; ++i)
        EXPECT_FALSE(push(queue, 7, {8}).refused);
    EXPECT_EQ(queue.size(), 8U);
    EXPECT_EQ(queue.flows(), 1U);
    for (int i = 1; i <= 8; ++i)
        EXPECT_EQ(pop(queue)->number, i);
    EXPECT_EQ(queue.pop(), nullptr);
    EXPECT_EQ(queue.size(), 0U);
}

// E2: ten thousand jobs of one flow delay another's by one, whenever it comes.
TEST_F(fair_queue_order, a_crowd_delays_nobody_by_more_than_one) {
    fair_queue queue(20'000);
    for (int i = 0; i < 10'000; ++i)
        push(queue, 1, {20'000});
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(pop(queue)->flow, 1U);
    push(queue, 2, {20'000});
    push(queue, 3, {20'000});
    for (const std::uint64_t flow : {2, 3, 1})
        EXPECT_EQ(pop(queue)->flow, flow);
}

// E2: one login beside a hundred flows that have each been served and want more.
TEST_F(fair_queue_order, a_newcomer_waits_for_newcomers_only) {
    fair_queue queue(1'000);
    for (std::uint64_t flow = 1; flow <= 100; ++flow)
        for (int i = 0; i < 3; ++i)
            push(queue, flow, {1'000});
    EXPECT_EQ(push(queue, 500, {1'000, 100}).refused, fair_queue::refusal::too_late) << "all of them are new";
    for (int i = 0; i < 250; ++i)
        pop(queue);
    EXPECT_FALSE(push(queue, 500, {1'000, 1}).refused);
    EXPECT_FALSE(push(queue, 501, {1'000, 2}).refused);
    EXPECT_EQ(push(queue, 502, {1'000, 1}).refused, fair_queue::refusal::too_late);
    std::vector<std::uint64_t> order;
    for (int i = 0; i < 4; ++i)
        order.push_back(pop(queue)->flow);
    EXPECT_EQ(std::count(order.begin(), order.end(), 500U), 1);
    EXPECT_EQ(std::count(order.begin(), order.end(), 501U), 1);
}

// The others get every fifth turn, however many come and go.
TEST_F(fair_queue_order, newcomers_starve_nobody) {
    fair_queue queue(1'000);
    for (int i = 0; i < 50; ++i)
        push(queue, 1, {1'000});
    pop(queue);
    int own = 0;
    for (std::uint64_t flow = 2; flow < 102; ++flow) {
        push(queue, flow, {1'000});
        push(queue, 1'000 + flow, {1'000});
        own += pop(queue)->flow == 1 ? 1 : 0;
    }
    EXPECT_EQ(own, 20);
}

// Who comes back after each job has no more turns than who stays, but once: when nobody remembers.
TEST_F(fair_queue_order, coming_back_is_no_advantage) {
    fair_queue queue(1'000);
    const auto turns_of_2 = [&] {
        int turns = 0;
        for (int i = 0; i < 20; ++i) {
            const auto flow = pop(queue)->flow;
            turns += flow == 2 ? 1 : 0;
            if (flow == 2)
                push(queue, 2, {1'000});
        }
        return turns;
    };
    for (int i = 0; i < 100; ++i)
        push(queue, 1, {1'000});
    push(queue, 2, {1'000});
    EXPECT_EQ(turns_of_2(), 10);
    while (queue.flows() > 1)
        pop(queue);
    for (int i = 0; i < 31; ++i)
        pop(queue);
    push(queue, 2, {1'000});
    EXPECT_EQ(pop(queue)->flow, 1U) << "it was here a moment ago";
    EXPECT_EQ(pop(queue)->flow, 2U);
    for (int i = 0; i < 32; ++i) {
        push(queue, 1, {1'000});
        pop(queue);
    }
    push(queue, 2, {1'000});
    EXPECT_EQ(pop(queue)->flow, 2U);
}

// E2: a fixed number is remembered, however many come.
TEST_F(fair_queue_order, of_many_the_last_are_remembered) {
    fair_queue queue(4);
    for (std::uint64_t flow = 1; flow <= 2'000; ++flow) {
        ASSERT_FALSE(push(queue, flow, {4}).refused);
        ASSERT_EQ(pop(queue)->flow, flow);
    }
    push(queue, 9'999, {4});
    push(queue, 9'999, {4});
    pop(queue);
    push(queue, 1'999, {4});
    push(queue, 1, {4});
    EXPECT_EQ(pop(queue)->flow, 9'999U) << "four newcomers came before";
    EXPECT_EQ(pop(queue)->flow, 1U) << "forgotten, and so a newcomer";
    EXPECT_EQ(pop(queue)->flow, 1'999U);
}

TEST_F(fair_queue_order, the_bound_is_exact) {
    fair_queue queue(5);
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(push(queue, 1, {5}).refused);
    EXPECT_EQ(queue.refuses(1, {5}), fair_queue::refusal::full);
    EXPECT_EQ(push(queue, 1, {5}).refused, fair_queue::refusal::full);
    EXPECT_EQ(queue.size(), 5U);
    pop(queue);
    EXPECT_FALSE(queue.refuses(1, {5}));
    EXPECT_EQ(push(queue, 1, {3}).refused, fair_queue::refusal::full) << "less room than before";
}

TEST_F(fair_queue_order, without_any_room_nobody_gets_in) {
    fair_queue queue(1);
    EXPECT_EQ(push(queue, 1, {0}).refused, fair_queue::refusal::full);
    EXPECT_EQ(queue.pop(), nullptr);
}

// E2: a full queue is not the first one's own.
TEST_F(fair_queue_order, the_heaviest_gives_way_with_its_last) {
    fair_queue queue(4);
    for (int i = 0; i < 4; ++i)
        push(queue, 1, {4});
    const auto first = push(queue, 2, {4});
    ASSERT_FALSE(first.refused);
    EXPECT_EQ(static_cast<piece*>(first.displaced)->number, 4);
    const auto second = push(queue, 3, {4});
    EXPECT_EQ(static_cast<piece*>(second.displaced)->number, 3);
    // Now 2, 1 and 1 wait. Somebody new has less than the first, but flow 2 hasn't: they'd only take turns in losing.
    EXPECT_EQ(push(queue, 2, {4}).refused, fair_queue::refusal::full);
    EXPECT_FALSE(push(queue, 4, {4}).refused);
    EXPECT_EQ(push(queue, 5, {4}).refused, fair_queue::refusal::full) << "one each: first come, first served";
    EXPECT_EQ(queue.size(), 4U);
    for (const std::uint64_t flow : {1, 2, 3, 4})
        EXPECT_EQ(pop(queue)->flow, flow);
}

TEST_F(fair_queue_order, too_far_behind_is_too_late) {
    fair_queue queue(100);
    const fair_queue::terms terms{100, 3};
    for (int i = 0; i < 4; ++i)
        EXPECT_FALSE(push(queue, 1, terms).refused) << i;
    EXPECT_EQ(push(queue, 1, terms).refused, fair_queue::refusal::too_late) << "four before it";
    EXPECT_FALSE(push(queue, 2, terms).refused) << "one before it";
    EXPECT_EQ(push(queue, 2, terms).refused, std::nullopt) << "1, 2, 1 before it";
    EXPECT_EQ(push(queue, 2, terms).refused, fair_queue::refusal::too_late);
}

TEST_F(fair_queue_order, the_oldest_can_leave_from_wherever_it_stands) {
    fair_queue queue(10);
    for (const std::uint64_t flow : {1, 1, 2, 1, 3})
        push(queue, flow, {10});
    EXPECT_EQ(pop(queue)->number, 1);
    for (const int number : {2, 3}) {
        auto* oldest = static_cast<piece*>(queue.oldest());
        ASSERT_EQ(oldest->number, number);
        queue.take_out(*oldest);
    }
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.flows(), 2U) << "the second has nothing left";
    EXPECT_EQ(pop(queue)->number, 5);
    EXPECT_EQ(static_cast<piece*>(queue.oldest())->number, 4);
    EXPECT_EQ(pop(queue)->number, 4);
    EXPECT_EQ(queue.oldest(), nullptr);
}

// Whatever is done to it in whatever order: the same as a plain model does.
TEST_F(fair_queue_order, agrees_with_a_model) {
    struct waiting_flow {
        std::uint64_t id;
        std::deque<int> jobs;
        bool fresh = true;
    };
    const auto fresh = [](const waiting_flow& f) { return f.fresh; };
    for (unsigned seed = 1; seed <= 40; ++seed) {
        std::mt19937 random(seed);
        const std::size_t capacity = 1 + random() % 24;
        const auto ids = 1 + random() % 12;
        fair_queue queue(capacity);
        std::deque<waiting_flow> model;  // in the order of turns, both rings in one
        std::size_t fresh_in_a_row = 0;
        std::map<std::uint64_t, int> idle_since;
        int turns = 0;
        const auto newcomer = [&](std::uint64_t id) {
            const auto known = idle_since.find(id);
            return known == idle_since.end() || turns - known->second >= 32;
        };
        pieces_.clear();
        for (int step = 0; step < 3'000; ++step) {
            std::size_t total = 0, most = 0;
            for (const auto& f : model)
                total += f.jobs.size(), most = std::max(most, f.jobs.size());
            ASSERT_EQ(queue.size(), total);
            int oldest = INT_MAX;
            for (const auto& f : model)
                oldest = std::min(oldest, f.jobs.front());
            ASSERT_EQ(queue.oldest() ? static_cast<piece*>(queue.oldest())->number : INT_MAX, oldest);
            ASSERT_EQ(queue.flows(), model.size());
            if (random() % 5 < 2) {
                const piece* got = pop(queue);
                ASSERT_EQ(got == nullptr, model.empty());
                if (!got)
                    continue;
                auto served = std::find_if(model.begin(), model.end(),
                                           [&](const auto& f) { return fresh(f) == (fresh_in_a_row < 4); });
                if (served == model.end())
                    served = model.begin();
                fresh_in_a_row = fresh(*served) ? std::min<std::size_t>(fresh_in_a_row + 1, 4) : 0;
                waiting_flow turn = *served;
                model.erase(served);
                ASSERT_EQ(got->flow, turn.id);
                ASSERT_EQ(got->number, turn.jobs.front());
                turn.jobs.pop_front();
                turn.fresh = false;
                ++turns;
                if (!turn.jobs.empty())
                    model.push_back(turn);
                else
                    idle_since[turn.id] = turns;
                continue;
            }
            // Ids whose lower bits are alike: a hash that only looks at these would show.
            const std::uint64_t id = static_cast<std::uint64_t>(random() % ids) << 56;
            const std::size_t room = random() % (capacity + 1);
            const std::size_t most_before = random() % 3 == 0 ? random() % 30 : SIZE_MAX;
            auto own = std::find_if(model.begin(), model.end(), [&](const auto& f) { return f.id == id; });
            const std::size_t have = own == model.end() ? 0 : own->jobs.size();
            std::size_t before = 0;
            for (const auto& f : model)
                before += std::min(f.jobs.size(), have + 1);
            if (own == model.end() && newcomer(id)) {
                const auto newcomers = static_cast<std::size_t>(std::count_if(model.begin(), model.end(), fresh));
                before = newcomers + std::min((fresh_in_a_row + newcomers) / 4, total - newcomers);
            }
            std::optional<fair_queue::refusal> expected;
            if (total >= room && most < have + 2)
                expected = fair_queue::refusal::full;
            else if (before > most_before)
                expected = fair_queue::refusal::too_late;
            ASSERT_EQ(queue.refuses(id, {room, most_before}), expected);
            const auto outcome = push(queue, id, {room, most_before});
            ASSERT_EQ(outcome.refused, expected);
            ASSERT_EQ(outcome.displaced != nullptr, !expected && total >= room);
            if (expected)
                continue;
            if (const auto* out = static_cast<piece*>(outcome.displaced)) {
                const auto loser =
                    std::find_if(model.begin(), model.end(), [&](const auto& f) { return f.id == out->flow; });
                ASSERT_EQ(loser->jobs.size(), most);
                ASSERT_EQ(loser->jobs.back(), out->number);
                loser->jobs.pop_back();
                if (loser->jobs.empty()) {
                    idle_since[loser->id] = turns;
                    model.erase(loser);
                }
            }
            own = std::find_if(model.begin(), model.end(), [&](const auto& f) { return f.id == id; });
            if (own == model.end())
                own = model.insert(model.end(), {id, {}, newcomer(id)});
            own->jobs.push_back(pieces_.back().number);
        }
    }
}

}  // namespace
}  // namespace latchkey
