// The throttle against a plain model of it: thousands of random attempts, outcomes, restarts and pauses, after each of
// which both must agree (requirements L5 to L7).
#include "make_throttle.hpp"
#include "sanitizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace latchkey {
namespace {

// One key, by the words of throttle.hpp and without any of its shortcuts.
struct plain_count {
    std::int64_t failures = 0, last = 0;
    friend bool operator==(const plain_count&, const plain_count&) = default;
};

std::int64_t plain_wait(std::int64_t failures, const throttle_budget& b) {
    if (failures < b.failures)
        return 0;
    const std::int64_t window = b.window.count();
    std::int64_t wait = std::max<std::int64_t>(1, window / b.failures);
    for (std::int64_t n = b.failures; n < failures && wait < 4 * window; ++n)
        wait *= 2;
    return std::min(wait, 4 * window);
}

std::int64_t plain_left(const plain_count& c, const throttle_budget& b, std::int64_t now) {
    std::int64_t left = c.failures;
    for (auto t = c.last + plain_wait(c.failures, b) + b.window.count(); t <= now && left > 0; t += b.window.count())
        left /= 2;
    return left;
}

using plain_key = std::tuple<throttle_kind, unsigned, std::string>;  // the client's or device's number

class plain_throttle {
public:
    struct ticket {
        std::vector<std::tuple<plain_key, plain_count, plain_count>> counted;  // before, after
    };
    explicit plain_throttle(const throttle_options& o) : options_(o) {}

    std::int64_t wait(const plain_key& key, std::int64_t now) {
        const auto found = counts.find(key);
        if (found == counts.end())
            return 0;
        const auto& c = found->second;
        return std::max<std::int64_t>(0, c.last + plain_wait(c.failures, budget(std::get<0>(key))) - now);
    }
    // The wait, or zero and a ticket.
    std::int64_t admit(unsigned client, const std::string& account, unsigned device, std::int64_t now, ticket& out) {
        const std::vector<plain_key> open_to_all{{throttle_kind::pair, client, account},
                                                 {throttle_kind::client, client, ""},
                                                 {throttle_kind::account, 0, account}};
        const plain_key own{throttle_kind::device, device, account};
        std::int64_t longest = 0;
        for (const auto& key : device != 0 ? std::vector{own} : open_to_all)
            longest = std::max(longest, wait(key, now));
        if (longest > 0)
            return longest;
        auto counting = open_to_all;
        if (device != 0)
            counting.push_back(own);
        for (const auto& key : counting) {
            const plain_count before = counts[key];
            const auto& b = budget(std::get<0>(key));
            std::int64_t most = b.failures;  // no failure beyond it makes the wait longer
            while (plain_wait(most, b) < plain_wait(most + 1, b))
                ++most;
            // How far beyond it counting goes on is the throttle's own business, within a few.
            const plain_count after{std::min(plain_left(before, b, now) + 1, most + slack(b)), now};
            counts[key] = after;
            out.counted.emplace_back(key, before, after);
        }
        return 0;
    }
    void take_back(const ticket& t, bool all) {
        for (const auto& [key, before, after] : t.counted) {
            auto& c = counts[key];
            const auto kind = std::get<0>(key);
            if (!all && (kind == throttle_kind::pair || kind == throttle_kind::device))
                c = {};
            else if (c == after)
                c = before;
            else if (c.failures > 0)
                --c.failures;
            if (c.failures == 0)
                counts.erase(key);
        }
    }
    const throttle_budget& budget(throttle_kind kind) const {
        return kind == throttle_kind::client    ? options_.per_client
               : kind == throttle_kind::account ? options_.per_account
                                                : options_.per_pair;
    }
    std::map<plain_key, plain_count> counts;

private:
    static std::int64_t slack(const throttle_budget& b) {
        std::int64_t doublings = 0;
        const std::int64_t base = std::max<std::int64_t>(1, b.window.count() / b.failures);
        for (std::int64_t ratio = 4 * b.window.count() / base; ratio > 0; ratio /= 2)
            ++doublings;
        std::int64_t steps = 0;
        while (plain_wait(b.failures + steps, b) < plain_wait(b.failures + steps + 1, b))
            ++steps;
        return doublings + 1 - steps;
    }
    const throttle_options options_;
};

using line = std::tuple<throttle_kind, std::int64_t, std::int64_t, std::int64_t>;  // failures, last, open at

client_prefix numbered_client(unsigned n) {
    client_address address;
    address.bytes = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, static_cast<std::uint8_t>(n)};
    return prefix_of(address);
}

class throttle_run {
public:
    throttle_run(std::uint64_t seed, const throttle_options& options)
        : options_(options), random_(seed), secret_(secret::of_size(32)), plain_(options) {
        std::fill(secret_.writable().begin(), secret_.writable().end(), 'k');
        subject_ = make_throttle(options_, secret_, time_);
    }

    void go_on(int steps) {
        for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
            one_step();
            compare();
        }
        EXPECT_EQ(subject_->stats().evicted, 0U) << "the model knows of no lack of room";
    }

private:
    std::int64_t now() const { return time_.now().time_since_epoch().count(); }
    std::uint64_t below(std::uint64_t n) { return random_() % n; }

    void one_step() {
        switch (below(12)) {
            case 0:
                time_.advance(seconds{static_cast<std::int64_t>(below(4))});
                break;
            case 1:
                time_.advance(seconds{static_cast<std::int64_t>(below(8) == 0 ? below(5'000) : below(120))});
                break;
            case 2:
            case 3:
                settle(false);
                break;
            case 4:
                settle(true);
                break;
            case 5:
                save(1 + below(20));
                break;
            case 6:
                if (below(8) == 0)
                    restart();
                break;
            default:
                attempt();
        }
    }

    void attempt() {
        const auto client = static_cast<unsigned>(1 + below(3));
        const std::string account = "user" + std::to_string(below(3)) + "@example.com";
        const auto device = static_cast<unsigned>(below(4) == 0 ? 1 + below(2) : 0);
        throttle_attempt what{numbered_client(client), account, {}};
        if (device != 0) {
            what.device.emplace();
            what.device->bytes.fill(static_cast<std::uint8_t>(device));
        }
        plain_throttle::ticket expected;
        const auto wait = plain_.admit(client, account, device, now(), expected);
        const auto outcome = subject_->admit(what);
        ASSERT_EQ(outcome.has_value() ? 0 : throttle_wait(outcome.error()).count(), wait);
        if (outcome)
            pending_.emplace_back(*outcome, expected);
        ASSERT_EQ(subject_->client_wait(what.client).count(), plain_.wait({throttle_kind::client, client, ""}, now()));
    }

    // Outcomes come in any order, and some never.
    void settle(bool forgives) {
        if (pending_.empty())
            return;
        const auto which = pending_.begin() + static_cast<std::ptrdiff_t>(below(pending_.size()));
        if (below(3) != 0) {
            plain_.take_back(which->second, forgives);
            forgives ? subject_->forgive(which->first) : subject_->succeeded(which->first);
        }
        pending_.erase(which);
    }

    // Some saves fail, and some stop half-way: only what is all saved is known to be a state to come back to.
    void save(std::size_t most) {
        const auto batch = subject_->take_changed(most);
        if (below(4) == 0) {
            subject_->put_back(batch);
            return;
        }
        for (const auto& record : batch)
            if (record.failures == 0)
                saved_.erase(record.key.bytes);
            else
                saved_[record.key.bytes] = record;
        if (batch.size() < most) {
            saved_counts_ = plain_.counts;
            saved_state_ = saved_;
        }
    }

    void restart() {
        std::vector<throttle_record> records;
        for (const auto& [key, record] : saved_state_)
            records.push_back(record);
        saved_ = saved_state_;
        pending_.clear();
        subject_ = make_throttle(options_, secret_, time_);
        subject_->restore(records);
        plain_.counts = saved_counts_;
        std::erase_if(plain_.counts, [&](const auto& one) {
            return plain_left(one.second, plain_.budget(std::get<0>(one.first)), now()) == 0;
        });
    }

    void compare() {
        std::vector<line> expected, seen;
        for (const auto& [key, c] : plain_.counts) {
            const auto& b = plain_.budget(std::get<0>(key));
            if (const auto left = plain_left(c, b, now()); left != 0)
                expected.emplace_back(std::get<0>(key), left, c.last, c.last + plain_wait(c.failures, b));
        }
        for (const auto& e : subject_->list({}, SIZE_MAX))
            seen.emplace_back(e.kind, e.failures, e.last_failure.time_since_epoch().count(),
                              e.open_at.time_since_epoch().count());
        std::sort(expected.begin(), expected.end());
        std::sort(seen.begin(), seen.end());
        ASSERT_EQ(seen, expected);
    }

    const throttle_options options_;
    std::mt19937_64 random_;
    manual_clock time_;
    secret secret_;
    std::unique_ptr<persistent_throttle> subject_;
    plain_throttle plain_;
    std::map<plain_key, plain_count> saved_counts_;
    std::map<std::array<std::uint8_t, 16>, throttle_record> saved_, saved_state_;
    std::vector<std::pair<throttle_ticket, plain_throttle::ticket>> pending_;
};

TEST(ThrottleModel, AgreesWithAPlainOneOnEverything) {
    const std::uint64_t seeds = test::under_sanitizer() ? 40 : 150;
    for (std::uint64_t seed = 1; seed <= seeds && !::testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        throttle_options options;
        options.memory = 64 * 1024;
        const auto budget = [n = seed](std::uint64_t salt) {
            const std::uint64_t x = n * 2'654'435'761 + salt * 40'503;
            return throttle_budget{static_cast<unsigned>(1 + x % 7),
                                   seconds{static_cast<std::int64_t>(1 + (x / 7) % 400)}};
        };
        options.per_pair = budget(1);
        options.per_client = budget(2);
        options.per_account = budget(3);
        throttle_run(seed, options).go_on(400);
    }
}

}  // namespace
}  // namespace latchkey
