// Where the throttle's state outlives the process. Called on a thread that may block.
#pragma once

#include <latchkey/error.hpp>
#include <latchkey/throttle.hpp>

#include <span>
#include <string>
#include <vector>

namespace latchkey {

struct throttle_record {
    throttle_key key;
    throttle_kind kind{};
    std::uint32_t failures = 0;  // zero: forget it
    time_point last;             // of the last failure
    client_prefix client;        // pair and client
    std::string account;         // as far as it is kept
};

class throttle_store {
public:
    virtual ~throttle_store() = default;
    // All of it. errc::store_unavailable.
    virtual result<std::vector<throttle_record>> load() = 0;
    // All of `changed` in one transaction, by key; what is older than `forgotten_before` is removed, the first time and
    // whenever that is a minute on. Idempotent. errc::store_unavailable: nothing was saved. From one thread at a time.
    virtual result<void> save(std::span<const throttle_record> changed, time_point forgotten_before) = 0;
};

}  // namespace latchkey
