// What the connections of one core share: its io_context, the settings in force, output buffer, request ids, date text
// and deadlines.
//
// Owned by the server, used by that core's thread only: nothing in here is locked. The output buffer is free between
// two awaits: whoever renders into it must hand it to the socket before the next suspension.
#pragma once

#include "core_counters.hpp"
#include "known_origins.hpp"
#include "mutex.hpp"
#include "ready_set.hpp"
#include "request_head.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace latchkey::http {

class held_checks;
struct services;

// Milliseconds on the steady clock, as of the core's last tick.
using coarse_ms = std::int64_t;
inline constexpr coarse_ms no_deadline = INT64_MAX;
inline constexpr coarse_ms tick_ms = 250;

// A connection as the deadline sweep sees it. All may be its end.
class timed_connection
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual void on_deadline() noexcept = 0;
    virtual void on_drain() noexcept = 0;  // the server stops: end as soon as no request is under way
    virtual void drop() noexcept = 0;      // end now, if nothing but the client is waited for
    coarse_ms deadline = no_deadline;

protected:
    ~timed_connection() = default;
};

// Receive buffers, lent to connections that have bytes of a request which can't be served at once. Of two sizes: most
// requests fit the small one.
class buffer_pool {
public:
    static constexpr std::size_t small = 2048;

    explicit buffer_pool(std::size_t largest);
    // The size of what take() lends for that many bytes.
    std::size_t size_for(std::size_t bytes) const noexcept {
        return bytes <= small ? small : std::max(bytes, largest_);
    }
    std::unique_ptr<char[]> take(std::size_t bytes);
    // `size` is what size_for() was when it was taken: one of another size than today's is not kept. Null: nothing.
    void give_back(std::unique_ptr<char[]> buffer, std::size_t size) noexcept;
    std::size_t largest() const noexcept { return largest_; }
    // From the next take() on; what is lent stays as it is.
    void resize(std::size_t largest) noexcept;

private:
    using row = std::vector<std::unique_ptr<char[]>>;
    static constexpr std::size_t kept = 64;
    row& row_of(std::size_t size) noexcept { return size == small ? small_ : large_; }

    std::size_t largest_;
    row small_;
    row large_;
};

// 32 hex digits, unique in this process and beyond: 64 random bits per core, 64 bits of a mixed counter.
class request_id_source {
public:
    explicit request_id_source(std::uint64_t seed) noexcept;
    void write_next(char* out32) noexcept;

private:
    std::array<char, 16> seed_{};  // in digits
    std::uint64_t next_;
};

// For one synchronous step, so that it needs no memory of its own: nobody's across a suspension.
struct scratch_texts {
    std::string host;
    std::string path;
};

struct core_context {
    core_context(boost::asio::io_context& context, std::shared_ptr<const services> initial, std::uint64_t seed);
    ~core_context();

    // What is in force for every request that is begun after this has returned. From any thread.
    void bring(std::shared_ptr<const services> fresh) noexcept;
    // What was brought last. On the core's own thread; as all that follows.
    const std::shared_ptr<const services>& current() noexcept {
        if (brought_.load(std::memory_order_acquire)) [[unlikely]]
            take_brought();
        return current_;
    }
    // Empties the output buffer and gives memory back after an exceptionally large answer.
    void clear_output();
    // Wipes what was rendered and will not be sent: the next answer is another client's.
    void discard_output() noexcept;

    // Reads the clocks, ends what is past its deadline. Called every tick_ms. True: there is more to end, which can
    // wait until others have had their turn; then call again.
    bool tick();
    coarse_ms deadline_in(std::int64_t ms) const noexcept { return now + ms + tick_ms; }

    // Ends the connections for which nobody works any more. For when the core's thread has ended.
    void drop_connections() noexcept;

    boost::asio::io_context& io;
    ready_set ready;
    // Of whoever reads just now, until it has answered or taken what is left with it. As large as the largest buffer.
    std::span<char> input() noexcept;
    std::unique_ptr<held_checks> held;
    std::string out;
    // Of a request that is answered at once.
    request_head head;
    scratch_texts scratch;
    known_origins origins;
    buffer_pool buffers;
    request_id_source request_ids;
    core_counters counters;
    std::array<char, 29> date{};  // IMF-fixdate (RFC 9110 section 5.6.7)
    // What answers begin with, made anew each second: from the end of the status line to before what Cache-Control
    // says, and the whole of a 200 that nobody may store, up to the request's id.
    std::string common_lines;
    std::string usual_head;
    coarse_ms now = 0;
    boost::intrusive::list<timed_connection, boost::intrusive::constant_time_size<false>> connections;

private:
    void use(std::shared_ptr<const services> fresh) noexcept;
    void take_brought() noexcept;

    std::unique_ptr<char[]> input_;
    std::size_t input_size_ = 0;
    std::shared_ptr<const services> current_;
    std::atomic<bool> brought_{false};
    mutex fresh_mutex_;
    std::shared_ptr<const services> fresh_ LATCHKEY_GUARDED_BY(fresh_mutex_);
    std::int64_t date_second_ = -1;
};

}  // namespace latchkey::http
