// The table of a server that has its sessions to itself.
#include "make_throttle.hpp"
#include "throttle_contract.hpp"

namespace latchkey::testing {
namespace {

class in_a_table final : public throttle_backing {
public:
    throttle& open(const throttle_options& options, const secret& key, const clock& time) override {
        table_ = make_throttle(options, key, time);
        face_ = make_table_face(*table_);
        return *face_;
    }

private:
    std::unique_ptr<persistent_throttle> table_;
    std::unique_ptr<throttle> face_;
};

const throttle_factory table_throttle{"table", [] { return std::make_unique<in_a_table>(); }};
const auto name_of_table_throttle = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(table, throttle_contract, ::testing::Values(table_throttle), name_of_table_throttle);

}  // namespace
}  // namespace latchkey::testing
