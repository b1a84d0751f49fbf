// What is saved while names without end displace each other: no more than what is held (requirement L8).
#include "make_throttle.hpp"
#include "sanitizer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace latchkey {
namespace {

class ThrottleFlood : public ::testing::Test {
protected:
    ThrottleFlood() {
        options.memory = 128 * 1024;
        std::fill(key.writable().begin(), key.writable().end(), 'k');
        subject = make_throttle(options, key, time);
    }
    bool attempt(unsigned n, std::string_view account) {
        client_address address;
        address.bytes = {0x20, 0x01, 0x0d, 0xb8};
        for (std::size_t i = 0; i < 4; ++i)
            address.bytes[4 + i] = static_cast<std::uint8_t>(n >> (8 * i));
        return subject->admit({prefix_of(address), account, {}}).has_value();
    }
    void save() {
        for (;;) {
            const auto batch = subject->take_changed(500);
            if (batch.empty())
                return;
            EXPECT_LE(batch.size(), 500U);
            for (const auto& record : batch)
                if (record.failures == 0)
                    saved.erase(record.key.bytes);
                else
                    saved[record.key.bytes] = record;
        }
    }
    std::vector<throttle_record> records() const {
        std::vector<throttle_record> out;
        for (const auto& [bytes, record] : saved)
            out.push_back(record);
        return out;
    }

    manual_clock time;
    throttle_options options;
    secret key = secret::of_size(32);
    std::unique_ptr<persistent_throttle> subject;
    std::map<std::array<std::uint8_t, 16>, throttle_record> saved;
};

// Otherwise a flood would fill the disk, and the memory at the next start.
TEST_F(ThrottleFlood, WhatIsDisplacedLeavesTheDatabaseToo) {
    const unsigned attempts = test::under_sanitizer() ? 5'000 : 50'000;
    while (attempt(UINT32_MAX, "offender@example.com")) {
    }
    for (unsigned i = 0; i < attempts; ++i) {
        attempt(i, std::to_string(i));
        if (i % 20 == 19) {
            save();
            ASSERT_LE(saved.size(), subject->stats().slots);
        }
        if (i % 100 == 99)
            time.advance(seconds{1});
    }
    save();
    const auto stats = subject->stats();
    EXPECT_GT(stats.evicted, attempts / 2);
    EXPECT_EQ(saved.size(), stats.used);

    // In another order a few of the least find no place; nothing else is lost, and nothing is written twice.
    const auto held = subject->list({}, SIZE_MAX).size();
    subject = make_throttle(options, key, time);
    subject->restore(records());
    EXPECT_GT(subject->list({}, SIZE_MAX).size(), held * 8 / 10);
    for (const auto& record : subject->take_changed(100'000)) {
        EXPECT_EQ(record.failures, 0U);
        saved.erase(record.key.bytes);
    }
    EXPECT_EQ(saved.size(), subject->stats().used);
    EXPECT_EQ(subject->list({{}, "offender@example.com", {}}, 10).size(), 2U) << "the pair and the account";
}

// More records than there is room for: another program's, or a smaller throttle.memory than before.
TEST_F(ThrottleFlood, TakesWhatFitsOfTooManyRecords) {
    std::vector<throttle_record> all(100'000);
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t b = 0; b < 16; ++b)
            all[i].key.bytes[b] = static_cast<std::uint8_t>((i + 1) * 2'654'435'761U * (b + 1) >> 11);
        all[i].key.bytes[3] = static_cast<std::uint8_t>(i >> 8);
        all[i].key.bytes[4] = static_cast<std::uint8_t>(i);
        all[i].kind = throttle_kind::account;
        all[i].failures = i % 100 == 0 ? UINT32_MAX : 1;
        all[i].last = time.now() + seconds{static_cast<std::int64_t>(i)};
    }
    subject->restore(all);
    const auto stats = subject->stats();
    EXPECT_LE(stats.used, stats.slots);
    EXPECT_LE(subject->list({}, 1).at(0).open_at, time.now() + options.per_account.window * 4);
    // What was left out goes from the database as well, some at a time.
    const auto changed = subject->take_changed(1'000'000);
    EXPECT_FALSE(changed.empty());
    for (const auto& record : changed)
        EXPECT_EQ(record.failures, 0U);
}

// A removal that could not be saved is not forgotten; a key that has come back is saved, not removed.
TEST_F(ThrottleFlood, RemovalsAreSavedInTheEnd) {
    for (unsigned i = 0; i < 20'000; ++i) {
        attempt(i, std::to_string(i));
        if (i % 20 != 19)
            continue;
        if (i % 60 == 19)
            subject->put_back(subject->take_changed(100'000));
        else
            save();
    }
    save();
    EXPECT_EQ(saved.size(), subject->stats().used);
}

TEST_F(ThrottleFlood, StandsADatabaseThatIsAwayForLong) {
    for (unsigned i = 0; i < 20'000; ++i)
        attempt(i, std::to_string(i));
    const auto stats = subject->stats();
    const auto all = subject->take_changed(1'000'000);
    EXPECT_LE(all.size(), 2 * stats.slots);
    EXPECT_EQ(subject->stats().bytes, stats.bytes);
    EXPECT_TRUE(subject->take_changed(1'000'000).empty());
    subject->put_back(all);
    EXPECT_EQ(subject->take_changed(1'000'000).size(), all.size());
}

// The least memory that the configuration takes, and less.
TEST_F(ThrottleFlood, WorksInLittleMemory) {
    for (const std::size_t memory : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{1024 * 1024}}) {
        options.memory = memory;
        subject = make_throttle(options, key, time);
        unsigned admitted = 0;
        for (int i = 0; i < 50; ++i)
            admitted += attempt(1, "alice@example.com") ? 1 : 0;
        EXPECT_EQ(admitted, options.per_pair.failures) << memory;
    }
}

}  // namespace
}  // namespace latchkey
