#include "memory_session_store.hpp"
#include "session_store_contract.hpp"

namespace latchkey::testing {
namespace {

const session_store_factory memory{
    "memory", [](const session_options& options, const clock& now) { return make_memory_session_store(options, now); }};
const auto name_of = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(memory, session_store_contract, ::testing::Values(memory), name_of);
INSTANTIATE_TEST_SUITE_P(memory, session_store_model, ::testing::Values(memory), name_of);
INSTANTIATE_TEST_SUITE_P(memory, session_store_concurrent, ::testing::Values(memory), name_of);

}  // namespace
}  // namespace latchkey::testing
