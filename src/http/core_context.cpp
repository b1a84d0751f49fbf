#include "core_context.hpp"

#include "services.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace latchkey::http {
namespace {

constexpr std::size_t output_capacity = 16 * 1024;
constexpr std::size_t output_capacity_kept = 64 * 1024;
constexpr std::size_t smallest_large_buffer = 4096;
constexpr std::size_t most_ended = 32;  // at a time: thousands may have come together, and others want to be served

// A bijection on 64 bits (splitmix64's finaliser): a counter goes in, unpredictable-looking unique values come out.
std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

void write_hex(std::uint64_t value, char* out16) noexcept {
    constexpr char digits[] = "0123456789abcdef";
    for (int i = 15; i >= 0; --i, value >>= 4)
        out16[i] = digits[value & 0xf];
}

}  // namespace

std::unique_ptr<char[]> buffer_pool::take() {
    if (free_.empty())
        return std::make_unique_for_overwrite<char[]>(size_);  // a page that nobody writes to costs nothing
    auto buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
}

void buffer_pool::give_back(std::unique_ptr<char[]> buffer, std::size_t size) noexcept {
    if (!buffer || size != size_ || free_.size() >= kept)
        return;
    if (free_.capacity() < kept)
        free_.reserve(kept);
    free_.push_back(std::move(buffer));
}

void buffer_pool::resize(std::size_t size) noexcept {
    if (size == size_)
        return;
    size_ = size;
    free_.clear();
}

void request_id_source::write_next(char* out32) noexcept {
    write_hex(seed_, out32);
    write_hex(mix(next_++), out32 + 16);
}

core_context::core_context(boost::asio::io_context& context, std::shared_ptr<const services> initial,
                           std::uint64_t seed)
    : io(context), buffers(smallest_large_buffer), request_ids(seed) {
    use(std::move(initial));
    out.reserve(output_capacity);
    scratch.path.reserve(output_capacity);
    tick();
}

void core_context::use(std::shared_ptr<const services> fresh) noexcept {
    current_ = std::move(fresh);
    buffers.resize(std::max(current_->limits.header_bytes, smallest_large_buffer));
}

void core_context::clear_output() {
    out.clear();
    if (out.capacity() <= output_capacity_kept)
        return;
    out = std::string();
    out.reserve(output_capacity);
}

bool core_context::tick() {
    using namespace std::chrono;
    now = duration_cast<std::chrono::milliseconds>(steady_clock::now().time_since_epoch()).count();
    const std::time_t second = std::time(nullptr);
    if (second != date_second_) {
        date_second_ = second;
        static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        std::tm t{};
        gmtime_r(&second, &t);
        char text[64];
        std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday,
                      months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
        std::copy(text, text + date.size(), date.begin());
    }
    std::size_t ended = 0;
    for (auto at = connections.begin(); at != connections.end();) {
        timed_connection& one = *at++;
        if (one.deadline > now)
            continue;
        if (ended == most_ended)
            return true;
        ++ended;
        one.deadline = no_deadline;
        one.on_deadline();
    }
    return false;
}

}  // namespace latchkey::http
