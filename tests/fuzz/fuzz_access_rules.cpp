// M1, F2, F5: the compiled access rules against the obvious ones, over rules and questions that the input chooses.
#include "access_reference.hpp"
#include "random_access.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>

using namespace latchkey;

namespace {

// The input as a source of numbers; nought when it is used up.
class input_numbers {
public:
    explicit input_numbers(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
    std::uint32_t operator()() {
        if (rest_.empty())
            return 0;
        const auto next = rest_.front();
        rest_ = rest_.subspan(1);
        return next;
    }

private:
    std::span<const std::uint8_t> rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    testing::random_access random(input_numbers({data, size}));
    const auto options = random.options();
    const auto policy = make_access_policy(options);
    const testing::access_reference reference(options);
    for (int k = 0; k < 3; ++k) {
        const auto question = random.question();
        const auto ours = question.by(*policy);
        const auto theirs = question.with_question([&](const auto& q) { return reference.decide(q); });
        if (ours.outcome != theirs.outcome || ours.rule != theirs.rule)
            std::abort();
    }
    return 0;
}
