// The throttle over a real Redis.
#include "throttle_contract.hpp"
#include "throttle_redis.hpp"

namespace latchkey::testing {
namespace {

class in_a_redis final : public throttle_backing {
public:
    throttle& open(const throttle_options& options, const secret& key, const clock& time) override {
        return server_.emplace(redis_of_throttles(), options, key, time).throttled();
    }
    void settle() override { server_->settle(); }

private:
    std::optional<throttling_server> server_;
};

const throttle_factory redis_throttle{"redis", [] { return std::make_unique<in_a_redis>(); }};
const auto name_of_redis_throttle = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(shared, throttle_contract, ::testing::Values(redis_throttle), name_of_redis_throttle);

}  // namespace
}  // namespace latchkey::testing
