#include "calibrate.hpp"

#include "hash_memory.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

namespace latchkey {
namespace {

constexpr std::size_t mebibyte = 1024 * 1024;
constexpr std::array memory_steps{19 * mebibyte, 32 * mebibyte, 64 * mebibyte, 128 * mebibyte, 256 * mebibyte};
constexpr unsigned fewest_passes = 2;
// Beyond this, time is better spent on the next step of memory.
constexpr unsigned most_passes = 10;

}  // namespace

std::chrono::nanoseconds time_one_hash(const argon2_parameters& parameters) {
    using stopwatch = std::chrono::steady_clock;
    const secret password(std::string_view{"a password to take the time with"});
    auto fastest = std::chrono::nanoseconds::max();
    const kept_hash_memory kept(parameters.memory);  // as a server's workers do
    for (int i = 0; i < 3; ++i) {
        const auto start = stopwatch::now();
        if (!hash_password(password, parameters))
            throw std::bad_alloc();
        fastest = std::min<std::chrono::nanoseconds>(fastest, stopwatch::now() - start);
    }
    give_back_hash_memory();
    return std::max(fastest, std::chrono::nanoseconds{1});
}

calibration calibrate(milliseconds target, const hash_timer& time) {
    calibration found;
    for (const std::size_t memory : memory_steps) {
        measured_parameters least{{memory, fewest_passes}, {}};
        least.duration = time(least.parameters);
        found.measured.push_back(least);
        if (found.measured.size() == 1)
            found.recommended = least;
        if (least.duration > target)
            break;
        found.recommended = least;

        const auto fitting =
            std::chrono::nanoseconds(target) / (least.duration / fewest_passes + std::chrono::nanoseconds{1});
        measured_parameters more{
            {memory, static_cast<unsigned>(std::clamp<std::int64_t>(fitting, fewest_passes, most_passes))}, {}};
        if (more.parameters == least.parameters)
            continue;
        more.duration = time(more.parameters);
        found.measured.push_back(more);
        if (more.duration <= target)
            found.recommended = more;
    }
    return found;
}

}  // namespace latchkey
