#include "session_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace latchkey {
namespace {

void add(session_list& list, session_ref at) {
    list.make_room();
    list.push_back(at);
}

void expect_same(const session_list& list, const std::vector<session_ref>& model) {
    ASSERT_EQ(list.size(), model.size());
    EXPECT_EQ(list.empty(), model.empty());
    EXPECT_TRUE(std::equal(list.begin(), list.end(), model.begin(), model.end()));
}

TEST(SessionList, KeepsTheirOrderThroughEverySize) {
    session_list list;
    std::vector<session_ref> model;
    expect_same(list, model);
    std::mt19937 random(8);
    for (std::uint32_t i = 0; i < 2'000; ++i) {
        // Mostly about as many as go in and out, now and then none at all.
        if (model.empty() || random() % 5 < 2) {
            const session_ref at(i % 64, i);
            add(list, at);
            model.push_back(at);
        } else {
            const std::size_t from = random() % model.size();
            const std::size_t to = from + (random() % 8 == 0 ? model.size() - from : 1);
            list.erase(list.begin() + from, list.begin() + to);
            model.erase(model.begin() + static_cast<std::ptrdiff_t>(from),
                        model.begin() + static_cast<std::ptrdiff_t>(to));
        }
        expect_same(list, model);
    }
}

TEST(SessionList, TakesOutWhatAnAlgorithmPutLast) {
    for (const std::uint32_t count : {0U, 1U, 2U, 7U}) {
        session_list list;
        std::vector<session_ref> odd;
        for (std::uint32_t i = 0; i < count; ++i) {
            add(list, session_ref(0, i));
            if (i % 2 != 0)
                odd.emplace_back(0, i);
        }
        list.erase(std::remove_if(list.begin(), list.end(), [](session_ref at) { return at.slot() % 2 == 0; }),
                   list.end());
        expect_same(list, odd);
    }
}

TEST(SessionList, CanBeChangedWhereItIs) {
    session_list list;
    add(list, session_ref(1, 1));
    *list.begin() = session_ref(2, 2);
    expect_same(list, {session_ref(2, 2)});
    add(list, session_ref(3, 3));
    *list.begin() = session_ref(4, 4);
    expect_same(list, {session_ref(4, 4), session_ref(3, 3)});
}

// One for each user, and there are millions of users.
TEST(SessionList, IsSmall) {
    EXPECT_LE(sizeof(session_list), 16U);
}

}  // namespace
}  // namespace latchkey
