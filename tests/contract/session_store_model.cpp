// The store against a plain model of it: thousands of random operations, after each of which both must agree.
#include "session_store_contract.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace latchkey::testing {
namespace {

struct model_session {
    std::uint64_t n;
    std::uint64_t user;
    bool remembered;
    time_point last_seen;
    time_point expires;
};

// The rules of session_store.hpp, written for clearness: a list in order of creation.
class model {
public:
    model(const session_options& options, const clock& now) : options_(options), clock_(now) {}

    seconds idle(const model_session& s) const {
        return s.remembered ? options_.remembered_idle_timeout : options_.idle_timeout;
    }
    bool dead(const model_session& s) const { return clock_.now() >= std::min(s.expires, s.last_seen + idle(s)); }
    void forget_dead() {
        std::erase_if(all_, [this](const model_session& s) { return dead(s); });
    }
    bool find(std::uint64_t n) {
        for (model_session& s : all_)
            if (s.n == n) {
                if (clock_.now() - s.last_seen >= std::min(seconds{60}, idle(s) / 20))
                    s.last_seen = clock_.now();
                return true;
            }
        return false;
    }
    bool erase(std::uint64_t n) {
        return std::erase_if(all_, [n](const model_session& s) { return s.n == n; }) > 0;
    }
    std::size_t erase_user(std::uint64_t user) {
        return std::erase_if(all_, [user](const model_session& s) { return s.user == user; });
    }
    void insert(std::uint64_t n, std::uint64_t user, bool remembered) {
        const seconds absolute = remembered ? options_.remembered_absolute_timeout : options_.absolute_timeout;
        if (of(user).size() >= options_.max_per_user)
            erase(of(user).back());
        all_.push_back({n, user, remembered, clock_.now(), clock_.now() + absolute});
    }
    std::vector<std::uint64_t> of(std::uint64_t user) const {  // newest first
        std::vector<std::uint64_t> found;
        for (auto s = all_.rbegin(); s != all_.rend(); ++s)
            if (s->user == user)
                found.push_back(s->n);
        return found;
    }
    std::size_t size() const { return all_.size(); }

private:
    const session_options& options_;
    const clock& clock_;
    std::vector<model_session> all_;
};

// T1, T2, T4, V4, V5 in every order that chance finds.
TEST_P(session_store_model, agrees_with_the_model) {
    options.max_per_user = 4;
    options.idle_timeout = seconds{400};
    options.absolute_timeout = seconds{1500};
    options.remembered_idle_timeout = seconds{1000};
    options.remembered_absolute_timeout = seconds{4000};
    const std::uint64_t steps = GetParam().races / 5;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        make();
        model expected(options, clock);
        std::mt19937_64 random(seed);
        std::vector<profile_ptr> users;
        for (std::uint64_t u = 0; u < 12; ++u)
            users.push_back(nth_user(u));
        std::uint64_t next = 0;
        const auto some = [&] { return next - std::min<std::uint64_t>(next, 1 + random() % 40); };

        for (std::uint64_t i = 0; i < steps; ++i) {
            const std::uint64_t user = random() % users.size();
            switch (random() % 16) {
                case 0:
                case 1:
                case 2: {
                    const bool remembered = random() % 2 == 0;
                    ASSERT_TRUE(insert(next, users[user], remembered));
                    expected.insert(next, user, remembered);
                    ++next;
                    break;
                }
                case 3: {
                    const std::uint64_t n = some();
                    ASSERT_EQ(erase(n).has_value(), expected.erase(n));
                    break;
                }
                case 4:
                    if (random() % 4 == 0) {
                        ASSERT_EQ(erase_user(users[user]), expected.erase_user(user));
                    }
                    break;
                case 5:
                    clock.advance(seconds{static_cast<std::int64_t>(random() % 30)});
                    expected.forget_dead();
                    break;
                case 6:
                    store().sweep();
                    break;
                case 7: {
                    std::vector<public_id> ids;
                    for (const std::uint64_t n : expected.of(user))
                        ids.push_back(nth_id(n));
                    std::vector<public_id> listed;
                    for (const auto& l : list(users[user]))
                        listed.push_back(l.value.id);
                    ASSERT_EQ(listed, ids);
                    break;
                }
                default: {
                    const std::uint64_t n = some();
                    ASSERT_EQ(alive(n), expected.find(n)) << "session " << n << " in step " << i;
                }
            }
        }
        sweep_all();
        expected.forget_dead();
        EXPECT_EQ(store().size(), expected.size());
    }
}

}  // namespace
}  // namespace latchkey::testing
