#include "keyed_slab.hpp"

#include "allocations.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <stdexcept>

namespace latchkey {
namespace {

// Owns memory, so that a leak or a double end shows under AddressSanitizer. All bits collide when the key says so.
struct item {
    explicit item(std::uint64_t k, bool fail = false) : id(k), owned(std::make_unique<std::uint64_t>(k)) {
        if (fail)
            throw std::runtime_error("constructor");
    }
    std::uint64_t key() const noexcept { return id; }
    static std::uint32_t key_bits(std::uint64_t k) noexcept {
        return k < 100 ? 7U : static_cast<std::uint32_t>((k * 0x9E3779B97F4A7C15U) >> 32);
    }
    std::uint64_t id;
    std::unique_ptr<std::uint64_t> owned;
};

TEST(slab, addresses_never_change) {
    slab<item> items;
    const auto first = items.emplace(0U);
    item* const address = &items[first];
    for (std::uint64_t k = 1; k < 5000; ++k)
        items.emplace(k);
    EXPECT_EQ(&items[first], address);
    EXPECT_EQ(items.size(), 5000U);
    EXPECT_EQ(items.end(), 5000U);
}

TEST(slab, uses_free_slots_first) {
    slab<item> items;
    for (std::uint64_t k = 0; k < 2000; ++k)
        items.emplace(k);
    for (std::uint32_t at = 0; at < 2000; at += 2)
        items.erase(at);
    EXPECT_EQ(items.size(), 1000U);
    for (std::uint64_t k = 0; k < 1000; ++k)
        EXPECT_EQ(items.emplace(k) % 2, 0U);
    EXPECT_EQ(items.end(), 2000U);
    EXPECT_EQ(items.emplace(1U), 2000U);
}

TEST(slab, a_throwing_constructor_changes_nothing) {
    slab<item> items;
    items.emplace(1U);
    EXPECT_THROW(items.emplace(2U, true), std::runtime_error);
    EXPECT_EQ(items.size(), 1U);
    items.emplace(2U);
    items.erase(0);
    items.erase(1);
    EXPECT_THROW(items.emplace(3U, true), std::runtime_error);
    EXPECT_EQ(items.emplace(3U), 1U);
    EXPECT_EQ(items.emplace(4U), 0U);
    EXPECT_EQ(items.emplace(5U), 2U);
}

// Against std::map, with colliding keys and without.
TEST(keyed_slab, agrees_with_a_map) {
    for (const std::uint64_t range : {90U, 4000U}) {
        keyed_slab<item> items;
        std::map<std::uint64_t, std::uint32_t> expected;
        std::mt19937_64 random(range);
        for (int i = 0; i < 30'000; ++i) {
            const std::uint64_t key = random() % range;
            const auto at = items.find(key);
            const auto known = expected.find(key);
            ASSERT_EQ(at.has_value(), known != expected.end());
            if (!at) {
                expected[key] = items.emplace(key);
            } else {
                ASSERT_EQ(*at, known->second);
                ASSERT_EQ(items[*at].id, key);
                ASSERT_EQ(*items[*at].owned, key);
                if (random() % 2 == 0) {
                    items.erase(*at);
                    expected.erase(known);
                }
            }
            ASSERT_EQ(items.size(), expected.size());
        }
    }
}

// E5: whichever allocation fails, nothing has changed and the next try works.
TEST(keyed_slab, a_failed_allocation_changes_nothing) {
    keyed_slab<item> items;
    for (std::uint64_t k = 1000; k < 6000; ++k) {
        for (std::size_t nth = 0;; ++nth) {
            testing::failing_allocation fault(nth);
            try {
                items.emplace(k);
                break;
            } catch (const std::bad_alloc&) {
                ASSERT_FALSE(items.find(k));
                ASSERT_EQ(items.size(), k - 1000);
            }
        }
    }
    for (std::uint64_t k = 1000; k < 6000; ++k)
        ASSERT_TRUE(items.find(k));
}

}  // namespace
}  // namespace latchkey
