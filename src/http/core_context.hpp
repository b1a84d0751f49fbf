// What the connections of one core share: its io_context, the settings in force, output buffer, request ids, date text
// and deadlines.
//
// Owned by the server, used by that core's thread only: nothing in here is locked. The output buffer is free between
// two awaits: whoever renders into it must hand it to the socket before the next suspension.
#pragma once

#include "core_counters.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace latchkey::http {

struct services;

// Milliseconds on the steady clock, as of the core's last tick.
using coarse_ms = std::int64_t;
inline constexpr coarse_ms no_deadline = INT64_MAX;
inline constexpr coarse_ms tick_ms = 250;

// A connection as the deadline sweep sees it.
class timed_connection
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual void on_deadline() noexcept = 0;
    virtual void on_drain() noexcept = 0;  // the server stops: end as soon as no request is under way
    coarse_ms deadline = no_deadline;

protected:
    ~timed_connection() = default;
};

// Large receive buffers, lent while a header block does not fit a connection's own small one.
class buffer_pool {
public:
    explicit buffer_pool(std::size_t size) : size_(size) {}
    // buffer_size() bytes.
    std::unique_ptr<char[]> take();
    // `size` is what buffer_size() was when it was taken: one of another size than today's is not kept.
    void give_back(std::unique_ptr<char[]> buffer, std::size_t size) noexcept;
    std::size_t buffer_size() const noexcept { return size_; }
    // From the next take() on; what is lent stays as it is.
    void resize(std::size_t size) noexcept;

private:
    static constexpr std::size_t kept = 64;
    std::size_t size_;
    std::vector<std::unique_ptr<char[]>> free_;
};

// 32 hex digits, unique in this process and beyond: 64 random bits per core, 64 bits of a mixed counter.
class request_id_source {
public:
    explicit request_id_source(std::uint64_t seed) noexcept : seed_(seed), next_(seed) {}
    void write_next(char* out32) noexcept;

private:
    std::uint64_t seed_;
    std::uint64_t next_;
};

// For one synchronous step, so that it needs no memory of its own: nobody's across a suspension.
struct scratch_texts {
    std::string host;
    std::string path;
};

struct core_context {
    core_context(boost::asio::io_context& context, std::shared_ptr<const services> initial, std::uint64_t seed);

    // What is in force from the next request on.
    void use(std::shared_ptr<const services> fresh) noexcept;
    const std::shared_ptr<const services>& current() const noexcept { return current_; }
    // Empties the output buffer and gives memory back after an exceptionally large answer.
    void clear_output();

    // Reads the clocks, ends what is past its deadline. Called every tick_ms. True: there is more to end, which can
    // wait until others have had their turn; then call again.
    bool tick();
    coarse_ms deadline_in(std::int64_t ms) const noexcept { return now + ms + tick_ms; }

    boost::asio::io_context& io;
    std::string out;
    scratch_texts scratch;
    buffer_pool buffers;
    request_id_source request_ids;
    core_counters counters;
    std::array<char, 29> date{};  // IMF-fixdate (RFC 9110 section 5.6.7)
    coarse_ms now = 0;
    boost::intrusive::list<timed_connection, boost::intrusive::constant_time_size<false>> connections;

private:
    std::shared_ptr<const services> current_;
    std::int64_t date_second_ = -1;
};

}  // namespace latchkey::http
