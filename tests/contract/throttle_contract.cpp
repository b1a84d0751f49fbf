// The throttle as the ways in meet it (requirements L5 to L7).
#include "throttle_contract.hpp"

#include <algorithm>

namespace latchkey::testing {

client_prefix throttle_contract::client(unsigned n) {
    client_address address;
    address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10};
    for (std::size_t i = 0; i < 3; ++i)
        address.bytes[13 + i] = static_cast<std::uint8_t>(n >> (16 - 8 * i));
    return prefix_of(address);
}

device_id throttle_contract::device(std::uint8_t n) {
    device_id out;
    out.bytes.fill(n);
    return out;
}

throttle_options throttle_contract::budgets(unsigned pair, unsigned of_client, unsigned account) {
    throttle_options out;
    out.per_pair = {pair, seconds{900}};
    out.per_client = {of_client, seconds{900}};
    out.per_account = {account, seconds{900}};
    out.memory = 1024 * 1024;
    return out;
}

TEST_P(throttle_contract, lets_as_many_failures_pass_as_it_says) {
    EXPECT_EQ(admitted(50, 1, "alice@example.com"), 5);
    EXPECT_EQ(wait(1, "alice@example.com"), seconds{180});
}

// L6
TEST_P(throttle_contract, counts_accounts_that_do_not_exist_like_all_others) {
    EXPECT_EQ(admitted(50, 1, "nobody@example.com"), 5);
    EXPECT_EQ(admitted(50, 2, "no address at all"), 5);
    EXPECT_EQ(admitted(50, 3, ""), 5);
    EXPECT_EQ(admitted(50, 4, std::string(10'000, '\xff')), 5);
}

TEST_P(throttle_contract, counts_a_client_over_all_accounts) {
    int all = 0;
    for (int i = 0; i < 100; ++i)
        all += admitted(1, 1, "user" + std::to_string(i));
    EXPECT_EQ(all, 20);
    EXPECT_TRUE(fails(2, "user99"));
    EXPECT_EQ(subject_->client_wait(client(1)), seconds{45});
    EXPECT_EQ(subject_->client_wait(client(2)), seconds{0});
}

TEST_P(throttle_contract, counts_an_account_over_all_clients) {
    int all = 0;
    for (unsigned i = 0; i < 100; ++i)
        all += admitted(1, i, "alice@example.com");
    EXPECT_EQ(all, 10);
    EXPECT_TRUE(fails(99, "bob@example.com"));
}

TEST_P(throttle_contract, makes_each_further_failure_wait_longer) {
    admitted(5, 1, "a");
    for (const std::int64_t expected : {180, 360, 720, 1440, 2880, 3600, 3600}) {
        EXPECT_EQ(wait(1, "a"), seconds{expected});
        time.advance(seconds{expected - 1});
        EXPECT_EQ(wait(1, "a"), seconds{1});
        time.advance(seconds{1});
        EXPECT_TRUE(fails(1, "a"));
    }
}

// An attacker who never stops can't make anybody wait for ever.
TEST_P(throttle_contract, is_not_prolonged_by_refused_attempts) {
    admitted(5, 1, "a");
    for (int i = 0; i < 179; ++i) {
        EXPECT_FALSE(fails(1, "a"));
        time.advance(seconds{1});
    }
    time.advance(seconds{1});
    EXPECT_TRUE(fails(1, "a"));
}

TEST_P(throttle_contract, forgets_with_time) {
    admitted(5, 1, "a");
    time.advance(seconds{180 + 4 * 900});
    EXPECT_EQ(admitted(50, 1, "a"), 5);
}

TEST_P(throttle_contract, takes_a_success_back) {
    for (int i = 0; i < 1'000; ++i) {
        const auto ticket = admit(1, "a");
        ASSERT_TRUE(ticket);
        succeeded(*ticket);
    }
    EXPECT_TRUE(list({}, 10).empty());
}

TEST_P(throttle_contract, forgets_the_pair_of_whoever_got_in) {
    admitted(4, 1, "a");
    const auto ticket = admit(1, "a");
    ASSERT_TRUE(ticket);
    succeeded(*ticket);
    EXPECT_EQ(admitted(50, 1, "a"), 5);
    // ...but an attacker gains nothing by an account of their own: what the client and others did stays.
    EXPECT_EQ(admitted(50, 2, "a"), 1) << "10 at the account, 9 of which failed";
}

// Whoever tried beside it was refused, and is not any more.
TEST_P(throttle_contract, opens_at_once_to_whoever_got_in) {
    admitted(4, 1, "a");
    const auto ticket = admit(1, "a");
    ASSERT_TRUE(ticket);
    EXPECT_FALSE(fails(1, "a"));
    succeeded(*ticket);
    EXPECT_TRUE(fails(1, "a"));
}

TEST_P(throttle_contract, forgives_what_was_nobodys_fault) {
    admitted(4, 1, "a");
    for (int i = 0; i < 100; ++i) {
        const auto ticket = admit(1, "a");
        ASSERT_TRUE(ticket);
        time.advance(seconds{1});
        forgive(*ticket);
    }
    EXPECT_EQ(admitted(50, 1, "a"), 1);
}

TEST_P(throttle_contract, forgiving_leaves_what_others_did_meanwhile) {
    const auto mine = admit(1, "a");
    ASSERT_TRUE(mine);
    admitted(3, 1, "a");
    forgive(*mine);
    EXPECT_EQ(admitted(50, 1, "a"), 2);
}

// L7
TEST_P(throttle_contract, nobody_shuts_a_known_device_out) {
    for (unsigned i = 0; i < 100; ++i)
        fails(i, "alice@example.com");
    for (int i = 0; i < 100; ++i)
        fails(1, "user" + std::to_string(i));
    ASSERT_FALSE(fails(1, "alice@example.com"));
    EXPECT_EQ(admitted(50, 1, "alice@example.com", device(1)), 5);
    EXPECT_EQ(wait(1, "alice@example.com", device(1)), seconds{180});
    EXPECT_EQ(admitted(50, 1, "alice@example.com", device(2)), 5);
}

TEST_P(throttle_contract, failures_of_a_known_device_count_for_others_too) {
    EXPECT_EQ(admitted(50, 1, "a", device(1)), 5);
    EXPECT_EQ(admitted(50, 1, "a"), 0) << "the pair";
    EXPECT_EQ(admitted(50, 2, "a"), 5) << "the account";
}

TEST_P(throttle_contract, a_device_is_known_at_its_own_account_only) {
    EXPECT_EQ(admitted(50, 1, "a", device(1)), 5);
    EXPECT_EQ(admitted(50, 1, "b", device(1)), 5);
}

TEST_P(throttle_contract, succeeding_on_a_device_forgets_its_failures) {
    admitted(4, 1, "a", device(1));
    const auto ticket = admit(1, "a", device(1));
    ASSERT_TRUE(ticket);
    succeeded(*ticket);
    EXPECT_EQ(admitted(50, 1, "a", device(1)), 5);
}

// Better Auth CVE-2026-45364
TEST_P(throttle_contract, an_ipv6_subscriber_is_one_client) {
    int all = 0;
    for (unsigned i = 0; i < 100; ++i) {
        client_address address;
        address.bytes = {0x20, 0x01, 0x0d, 0xb8};
        address.bytes[15] = static_cast<std::uint8_t>(i);
        all += admit({prefix_of(address), "a", {}}) ? 1 : 0;
    }
    EXPECT_EQ(all, 5);
}

TEST_P(throttle_contract, stands_a_turned_back_clock) {
    admitted(5, 1, "a");
    time.advance(seconds{-86'400});
    EXPECT_FALSE(fails(1, "a"));
    time.advance(seconds{86'400 + 180});
    EXPECT_TRUE(fails(1, "a"));
}

TEST_P(throttle_contract, lists_the_longest_wait_first) {
    admitted(50, 1, "alice@example.com");
    admitted(3, 2, "bob@example.com");
    const auto all = list({}, 100);
    ASSERT_EQ(all.size(), 6U);
    EXPECT_EQ(all[0].kind, throttle_kind::pair);
    EXPECT_EQ(all[0].account, "alice@example.com");
    EXPECT_EQ(all[0].client, client(1));
    EXPECT_EQ(all[0].failures, 5U);
    EXPECT_EQ(all[0].open_at, time.now() + seconds{180});
    EXPECT_EQ(all[0].id.size(), 32U);
    EXPECT_EQ(list({}, 1).size(), 1U);
    EXPECT_EQ(list({}, 0).size(), 0U);
}

TEST_P(throttle_contract, lists_and_clears_by_filter) {
    admitted(50, 1, "alice@example.com");
    admitted(50, 2, "bob@example.com");
    EXPECT_EQ(list({{}, "alice@example.com", {}}, 100).size(), 2U) << "pair and account";
    EXPECT_EQ(list({{}, {}, client(1)}, 100).size(), 2U) << "pair and client";
    EXPECT_EQ(list({{}, "alice@example.com", client(1)}, 100).size(), 1U);
    EXPECT_EQ(list({{}, "alice@example.com", client(2)}, 100).size(), 0U);
    EXPECT_EQ(list({"0123", {}, {}}, 100).size(), 0U);

    const auto id = list({{}, "alice@example.com", client(1)}, 1).at(0).id;
    EXPECT_EQ(clear({id, {}, {}}), 1U);
    EXPECT_EQ(clear({id, {}, {}}), 0U);
    EXPECT_EQ(admitted(50, 1, "alice@example.com"), 5);
    EXPECT_EQ(clear({{}, {}, client(1)}), 2U);
    EXPECT_EQ(clear({}), 4U);
}

// What somebody typed into the wrong field is shown to nobody.
TEST_P(throttle_contract, keeps_no_name_that_is_no_address) {
    admitted(50, 1, "my secret password");
    for (const auto& entry : list({}, 10))
        EXPECT_EQ(entry.account, "");
}

TEST_P(throttle_contract, takes_new_budgets_at_once) {
    admitted(5, 1, "a");
    subject_->configure(budgets(8, 20, 10));
    EXPECT_EQ(admitted(50, 1, "a"), 3);
}

}  // namespace latchkey::testing
