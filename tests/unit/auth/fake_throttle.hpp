// A throttle that writes down what it is asked, and refuses when told to.
#pragma once

#include <latchkey/throttle.hpp>

#include <optional>
#include <string>
#include <vector>

namespace latchkey::testing {

class fake_throttle final : public throttle {
public:
    struct seen {
        client_prefix client;
        std::string account;
        std::optional<device_id> device;
    };

    std::optional<seconds> refuses_for;  // of admit(), from now on
    std::optional<std::size_t> lets;     // so many more attempts, then it refuses
    std::optional<seconds> client_waits;
    std::vector<seen> attempts;     // that were let through
    std::vector<std::string> ends;  // "succeeded" or "forgiven", in order
    std::vector<std::string>* asked = nullptr;

    std::string outcome() const { return ends.empty() ? "stands" : ends.size() > 1 ? "twice" : ends.front(); }
    void forget() {
        attempts.clear();
        ends.clear();
    }

    result<throttle_ticket> admit(const throttle_attempt& attempt) noexcept override {
        if (asked)
            asked->push_back("admit");
        if (lets && (*lets)-- == 0)
            refuses_for = seconds{60};
        if (refuses_for)
            return throttled_for(*refuses_for);
        attempts.push_back({attempt.client, std::string(attempt.account), attempt.device});
        return throttle_ticket{};
    }
    void succeeded(const throttle_ticket&) noexcept override { ends.push_back("succeeded"); }
    void forgive(const throttle_ticket&) noexcept override { ends.push_back("forgiven"); }
    seconds client_wait(const client_prefix&) const noexcept override { return client_waits.value_or(seconds{0}); }

    std::vector<throttle_entry> list(const throttle_filter& filter, std::size_t limit) const override {
        listed = {std::string(filter.id), std::string(filter.account),
                  filter.client ? std::optional(filter.client->str()) : std::nullopt, limit};
        return entries;
    }
    std::size_t clear(const throttle_filter& filter) noexcept override {
        (void)list(filter, 0);
        return clears;
    }
    throttle_stats stats() const noexcept override { return {}; }

    struct question {
        std::string id, account;
        std::optional<std::string> client;
        std::size_t limit = 0;
    };
    mutable question listed;  // by the last list() or clear()
    std::vector<throttle_entry> entries;
    std::size_t clears = 0;
};

}  // namespace latchkey::testing
