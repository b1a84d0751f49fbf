#include <latchkey/error.hpp>

#include <algorithm>
#include <string>

namespace latchkey {
namespace {

constexpr seconds longest_wait{86400};

// Where the value of a code is how long to wait.
class throttle_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "latchkey.throttle"; }
    std::string message(int) const override { return text; }
    const char* message(int, char*, std::size_t) const noexcept override { return text; }

private:
    static constexpr const char* text = "too many attempts, try again later";
};

const throttle_category& throttle_codes() noexcept {
    static const throttle_category one;
    return one;
}

}  // namespace

boost::system::error_code throttled_for(seconds wait) noexcept {
    return {static_cast<int>(std::clamp(wait, seconds{1}, longest_wait).count()), throttle_codes()};
}

seconds throttle_wait(const boost::system::error_code& error) noexcept {
    return seconds{error.category() == throttle_codes() ? error.value() : 0};
}

}  // namespace latchkey
