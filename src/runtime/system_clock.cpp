#include <latchkey/clock.hpp>

#include <ctime>

namespace latchkey {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::int64_t nanoseconds_of(clockid_t id) noexcept {
    timespec t{};
    clock_gettime(id, &t);
    return t.tv_sec * second + t.tv_nsec;
}

// CLOCK_BOOTTIME rather than CLOCK_MONOTONIC: a session must not live longer because the machine slept. The offset is
// kept to the nanosecond, so that the time line's seconds begin with the wall clock's while nobody steps that.
class system_clock final : public clock {
public:
    system_clock() : offset_(nanoseconds_of(CLOCK_REALTIME) - nanoseconds_of(CLOCK_BOOTTIME)) {}
    time_point now() const noexcept override {
        return time_point{seconds{(offset_ + nanoseconds_of(CLOCK_BOOTTIME)) / second}};
    }
    wall_time wall() const noexcept override { return wall_time{seconds{nanoseconds_of(CLOCK_REALTIME) / second}}; }

private:
    const std::int64_t offset_;
};

}  // namespace

std::unique_ptr<clock> make_system_clock() {
    return std::make_unique<system_clock>();
}

}  // namespace latchkey
