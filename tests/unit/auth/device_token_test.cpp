// What makes a browser a known device, and that nothing else does (requirement L7).
#include "device_token.hpp"

#include "base64url.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace latchkey {
namespace {

constexpr seconds year{365 * 86400};
const char* const alice = "alice@example.com";
const char* const bob = "bob@example.com";

class device_token_test : public ::testing::Test {
protected:
    static secret key(char of) { return secret(std::string(mac::key_size, of)); }
    std::string fresh(std::string_view account, std::string_view held = {}) {
        return std::string(tokens.after_login(held, account).reveal());
    }
    bool vouches(std::string_view token, std::string_view account) {
        const auto device = tokens.read(token);
        return device && tokens.vouches(*device, account);
    }

    manual_clock time;
    device_tokens tokens{key('k'), year, time};
};

TEST_F(device_token_test, vouches_for_whom_it_was_made) {
    const auto token = fresh(alice);
    EXPECT_TRUE(vouches(token, alice));
    EXPECT_FALSE(vouches(token, bob));
    EXPECT_FALSE(vouches(token, ""));
    EXPECT_FALSE(vouches(token, "Alice@example.com")) << "accounts come in canonical form";
    EXPECT_EQ(token.size(), 62U) << "46 bytes";
    EXPECT_EQ(token.find("alice"), std::string::npos);
}

TEST_F(device_token_test, stays_as_it_is_while_it_will_do) {
    const auto token = fresh(alice);
    EXPECT_EQ(fresh(alice, token), "");
}

TEST_F(device_token_test, is_one_device_for_all_who_log_in_with_it) {
    const auto first = fresh(alice);
    const auto both = fresh(bob, first);
    EXPECT_TRUE(vouches(both, alice));
    EXPECT_TRUE(vouches(both, bob));
    EXPECT_EQ(tokens.read(first)->id, tokens.read(both)->id);
    EXPECT_EQ(fresh(alice, both), "");
    EXPECT_EQ(fresh(bob, both), "");
    EXPECT_NE(tokens.read(fresh(alice))->id, tokens.read(fresh(alice))->id);
}

TEST_F(device_token_test, remembers_the_last_eight) {
    std::string token;
    const auto name = [](int i) { return "user" + std::to_string(i) + "@example.com"; };
    for (int i = 0; i < 20; ++i)
        token = fresh(name(i), token);
    EXPECT_EQ(token.size(), 136U) << "102 bytes";
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(vouches(token, name(i)), i >= 12) << i;
}

TEST_F(device_token_test, ends_after_its_time) {
    const auto token = fresh(alice);
    time.advance(year - seconds{1});
    EXPECT_TRUE(vouches(token, alice));
    // A second account makes the device no younger: else whoever stole a token would keep it alive with an own account.
    const auto both = fresh(bob, token);
    EXPECT_TRUE(vouches(both, alice));
    time.advance(seconds{1});
    EXPECT_FALSE(tokens.read(token));
    EXPECT_FALSE(tokens.read(both));
    EXPECT_NE(fresh(alice, token), "");
}

TEST_F(device_token_test, does_not_come_from_the_future) {
    time.advance(seconds{10});
    const auto token = fresh(alice);
    time.advance(seconds{-1});
    EXPECT_FALSE(tokens.read(token));
    time.advance(seconds{1});
    EXPECT_TRUE(tokens.read(token));
}

TEST_F(device_token_test, is_nobodys_under_another_key) {
    const device_tokens others(key('o'), year, time);
    EXPECT_FALSE(others.read(fresh(alice)));
    EXPECT_THROW(device_tokens(secret("short"), year, time), std::invalid_argument);
}

// L7: a forged or damaged token is no token, whatever bit was touched; and that is no error.
TEST_F(device_token_test, is_no_token_with_any_bit_flipped) {
    for (const auto& token : {fresh(alice), fresh(bob, fresh(alice))}) {
        std::array<std::uint8_t, 102> raw{};
        const auto size = read_base64url(token, raw);
        ASSERT_TRUE(size);
        for (std::size_t bit = 0; bit < *size * 8; ++bit) {
            auto changed = raw;
            changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
            const secret text = write_base64url(std::span(changed).first(*size));
            EXPECT_FALSE(tokens.read(text.reveal())) << "bit " << bit;
        }
    }
}

TEST_F(device_token_test, has_one_form_only) {
    const auto token = fresh(alice);  // 62 characters: four bits of the last one carry nothing
    for (int c = 0; c < 256; ++c) {
        auto changed = token;
        if (static_cast<char>(c) == token.back())
            continue;
        changed.back() = static_cast<char>(c);
        EXPECT_FALSE(tokens.read(changed)) << c;
    }
    for (const auto& text : {token + "=", token + "==", token + "A", token + " ", " " + token, token + "\n",
                             token + std::string(1, '\0'), token.substr(1), token + token})
        EXPECT_FALSE(tokens.read(text)) << text;
    for (std::size_t size = 0; size < token.size(); ++size)
        EXPECT_FALSE(tokens.read(std::string_view(token).substr(0, size))) << size;
}

TEST_F(device_token_test, reads_anything) {
    EXPECT_FALSE(tokens.read(""));
    EXPECT_FALSE(tokens.read(std::string(1'000'000, 'A')));
    EXPECT_FALSE(tokens.read("\xff\xfe"));
    std::mt19937 random(5);
    const auto token = fresh(alice);
    for (int i = 0; i < 20'000; ++i) {
        std::string text = i % 2 ? token : std::string(random() % 160, 'A');
        for (std::size_t n = 0, changes = 1 + random() % 4; n < changes && !text.empty(); ++n)
            text[random() % text.size()] = static_cast<char>(random());
        if (text != token) {
            EXPECT_FALSE(tokens.read(text));
        }
        EXPECT_NE(fresh(alice, text == token ? "" : text), "");
    }
}

// A tag belongs to its device: two tokens don't tell whether they share an account.
TEST_F(device_token_test, hides_its_accounts) {
    const auto a = tokens.read(fresh(alice)), b = tokens.read(fresh(alice));
    ASSERT_TRUE(a && b);
    EXPECT_NE(a->accounts[0], b->accounts[0]);
}

}  // namespace
}  // namespace latchkey
