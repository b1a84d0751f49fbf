#include "core_context.hpp"

#include "held_checks.hpp"
#include "hex.hpp"
#include "services.hpp"

#include <latchkey/secret.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <new>

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

}  // namespace

buffer_pool::buffer_pool(std::size_t largest) : largest_(largest) {
    for (row* free : {&small_, &large_})
        free->reserve(kept);
}

std::unique_ptr<char[]> buffer_pool::take(std::size_t bytes) {
    const std::size_t size = size_for(bytes);
    row& free = row_of(size);
    if (free.empty())
        return std::make_unique_for_overwrite<char[]>(size);  // a page that nobody writes to costs nothing
    auto buffer = std::move(free.back());
    free.pop_back();
    return buffer;
}

void buffer_pool::give_back(std::unique_ptr<char[]> buffer, std::size_t size) noexcept {
    if (!buffer || (size != small && size != largest_))
        return;
    if (row& free = row_of(size); free.size() < kept)
        free.push_back(std::move(buffer));
}

void buffer_pool::resize(std::size_t largest) noexcept {
    if (largest == largest_)
        return;
    largest_ = largest;
    large_.clear();
}

request_id_source::request_id_source(std::uint64_t seed) noexcept : next_(seed) {
    write_hex(seed, seed_);
}

void request_id_source::write_next(char* out32) noexcept {
    std::memcpy(out32, seed_.data(), seed_.size());
    write_hex(mix(next_++), std::span<char, 16>(out32 + seed_.size(), 16));
}

core_context::core_context(boost::asio::io_context& context, std::shared_ptr<const services> initial,
                           std::uint64_t seed)
    : io(context), held(std::make_unique<held_checks>()), buffers(smallest_large_buffer), request_ids(seed) {
    use(std::move(initial));
    input_size_ = buffers.largest();
    input_ = std::make_unique_for_overwrite<char[]>(input_size_);
    out.reserve(output_capacity);
    scratch.path.reserve(output_capacity);
    tick();
}

core_context::~core_context() = default;

void core_context::use(std::shared_ptr<const services> fresh) noexcept {
    current_ = std::move(fresh);
    buffers.resize(std::max(current_->limits.header_bytes, smallest_large_buffer));
}

// Made anew, when the limits have changed, between two that use it.
std::span<char> core_context::input() noexcept {
    if (input_size_ != buffers.largest()) [[unlikely]] {
        try {
            input_ = std::make_unique_for_overwrite<char[]>(buffers.largest());
            input_size_ = buffers.largest();
        } catch (const std::bad_alloc&) {
            // The one there is will do until there is memory.
        }
    }
    return {input_.get(), input_size_};
}

void core_context::bring(std::shared_ptr<const services> fresh) noexcept {
    mutex_lock lock(fresh_mutex_);
    fresh_ = std::move(fresh);
    brought_.store(true, std::memory_order_release);
}

void core_context::take_brought() noexcept {
    mutex_lock lock(fresh_mutex_);
    brought_.store(false, std::memory_order_relaxed);
    use(std::move(fresh_));
}

void core_context::drop_connections() noexcept {
    for (auto at = connections.begin(); at != connections.end();) {
        timed_connection& one = *at++;
        one.drop();
    }
}

void core_context::clear_output() {
    out.clear();
    if (out.capacity() <= output_capacity_kept)
        return;
    out = std::string();
    out.reserve(output_capacity);
}

void core_context::discard_output() noexcept {
    wipe(std::span(out.data(), out.size()));
    out.clear();
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
        common_lines.assign("\r\nDate: ").append(date.data(), date.size());
        common_lines.append("\r\nX-Content-Type-Options: nosniff\r\nCache-Control: ");
        usual_head.assign("HTTP/1.1 200 OK").append(common_lines).append("no-store\r\nX-Request-Id: ");
    }
    current();  // so that an idle core does not keep what is out of force
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
