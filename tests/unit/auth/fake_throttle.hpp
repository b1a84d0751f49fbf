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
    bool fails = false;                  // whatever needs what it keeps
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

    task<result<throttle_ticket>> admit(throttle_attempt attempt) override {
        if (asked)
            asked->push_back("admit");
        if (fails)
            co_return errc::store_unavailable;
        if (lets && (*lets)-- == 0)
            refuses_for = seconds{60};
        if (refuses_for)
            co_return throttled_for(*refuses_for);
        attempts.push_back({attempt.client, std::string(attempt.account), attempt.device});
        co_return throttle_ticket{};
    }
    void succeeded(const throttle_ticket&) noexcept override { ends.push_back("succeeded"); }
    void forgive(const throttle_ticket&) noexcept override { ends.push_back("forgiven"); }
    seconds client_wait(const client_prefix&) const noexcept override { return client_waits.value_or(seconds{0}); }

    task<result<std::vector<throttle_entry>>> list(throttle_filter filter, std::size_t limit) override {
        write_down(filter, limit);
        if (fails)
            co_return errc::store_unavailable;
        co_return entries;
    }
    task<result<std::size_t>> clear(throttle_filter filter) override {
        write_down(filter, 0);
        if (fails)
            co_return errc::store_unavailable;
        co_return clears;
    }
    throttle_stats stats() const noexcept override { return {}; }
    void configure(const throttle_options&) noexcept override {}

    struct question {
        std::string id, account;
        std::optional<std::string> client;
        std::size_t limit = 0;
    };
    question listed;  // by the last list() or clear()
    std::vector<throttle_entry> entries;
    std::size_t clears = 0;

private:
    void write_down(const throttle_filter& filter, std::size_t limit) {
        listed = {std::string(filter.id), std::string(filter.account),
                  filter.client ? std::optional(filter.client->str()) : std::nullopt, limit};
    }
};

}  // namespace latchkey::testing
