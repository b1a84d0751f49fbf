#include <latchkey/clock.hpp>

#include <ctime>

namespace latchkey {
namespace {

std::int64_t seconds_of(clockid_t id) noexcept {
    timespec t{};
    clock_gettime(id, &t);
    return t.tv_sec;
}

// CLOCK_BOOTTIME rather than CLOCK_MONOTONIC: a session must not live longer because the machine slept.
class system_clock final : public clock {
public:
    system_clock() : offset_(seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME)) {}
    time_point now() const noexcept override { return time_point{seconds{offset_ + seconds_of(CLOCK_BOOTTIME)}}; }

private:
    const std::int64_t offset_;
};

}  // namespace

std::unique_ptr<clock> make_system_clock() {
    return std::make_unique<system_clock>();
}

}  // namespace latchkey
