// What every throttle must do, wherever it keeps what it counts: a fixture over a factory.
//
// To hold another one against the suite, instantiate throttle_contract with its factory.
#pragma once

#include "await.hpp"

#include <latchkey/throttle.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace latchkey::testing {

class throttle_backing {
public:
    virtual ~throttle_backing() = default;
    // Nothing is held against anybody. One at a time.
    virtual throttle& open(const throttle_options& options, const secret& key, const clock& time) = 0;
    // Until what succeeded() and forgive() began is done.
    virtual void settle() {}
};

struct throttle_factory {
    std::string name;
    std::function<std::unique_ptr<throttle_backing>()> make;
};

class throttle_contract : public ::testing::TestWithParam<throttle_factory> {
protected:
    static client_prefix client(unsigned n);
    static device_id device(std::uint8_t n);
    static throttle_options budgets(unsigned pair, unsigned of_client, unsigned account);

    void SetUp() override { subject_ = &backing_->open(budgets(5, 20, 10), key_, time); }

    result<throttle_ticket> admit(const throttle_attempt& attempt) { return run_.await(subject_->admit(attempt)); }
    result<throttle_ticket> admit(unsigned c, std::string_view account, std::optional<device_id> d = {}) {
        return admit(throttle_attempt{client(c), account, d});
    }
    bool fails(unsigned c, std::string_view account, std::optional<device_id> d = {}) {
        return admit(c, account, d).has_value();
    }
    int admitted(int attempts, unsigned c, std::string_view account, std::optional<device_id> d = {}) {
        int out = 0;
        for (int i = 0; i < attempts; ++i)
            out += fails(c, account, d) ? 1 : 0;
        return out;
    }
    seconds wait(unsigned c, std::string_view account, std::optional<device_id> d = {}) {
        const auto outcome = admit(c, account, d);
        if (!outcome)
            return throttle_wait(outcome.error());
        forgive(*outcome);
        return seconds{0};
    }
    void succeeded(const throttle_ticket& ticket) {
        subject_->succeeded(ticket);
        backing_->settle();
    }
    void forgive(const throttle_ticket& ticket) {
        subject_->forgive(ticket);
        backing_->settle();
    }
    std::vector<throttle_entry> list(const throttle_filter& filter, std::size_t limit) {
        return run_.await(subject_->list(filter, limit)).value();
    }
    std::size_t clear(const throttle_filter& filter) { return run_.await(subject_->clear(filter)).value(); }

    manual_clock time;
    throttle* subject_ = nullptr;

private:
    const secret key_{std::string(32, 'k')};
    runner run_;  // outlives threads that come back to it
    const std::unique_ptr<throttle_backing> backing_ = GetParam().make();
};

}  // namespace latchkey::testing
