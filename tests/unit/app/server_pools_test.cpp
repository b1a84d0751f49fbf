#include "server_pools.hpp"

#include "hash_memory.hpp"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

// Each worker keeps password.memory from hash to hash; a night without logins mustn't.
TEST(ServerPools, WorkersGiveTheirMemoryBackWhenNobodyLogsIn) {
    const auto pool = hashing_pool({});
    EXPECT_EQ(pool.when_idle, &give_back_hash_memory);
    EXPECT_EQ(pool.idle_after, std::chrono::seconds(10));
}

}  // namespace
}  // namespace latchkey
