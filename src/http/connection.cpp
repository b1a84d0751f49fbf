#include "connection.hpp"

#include "session_audit.hpp"
#include "text.hpp"
#include "wiped_buffer.hpp"

#include <latchkey/secret.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace latchkey::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::int64_t first_request_ms = 1'000;  // for a new connection while the server stops
constexpr std::size_t first_overflow_bytes = 1024;
constexpr std::string_view go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void connection::start(stream_socket socket, const connected_peer& peer, client_connections::place place,
                       core_context& core, site& where) {
    auto self = std::make_unique<connection>(std::move(socket), peer, std::move(place), core, where);
    asio::co_spawn(core.io, run(std::move(self)), asio::detached);
}

connection::connection(stream_socket socket, const connected_peer& peer, client_connections::place place,
                       core_context& core, site& where)
    : socket_(std::move(socket)),
      core_(core),
      site_(where),
      svc_(core.current()),
      peer_(peer),
      place_(std::move(place)) {
    data_ = small_.data();
    site_.connections.fetch_add(1, std::memory_order_relaxed);
    core_.counters.count_connection(site_.is_admin);
    error_code ignored;
    socket_.non_blocking(true, ignored);
    if (peer_.known && !peer_.on_unix_socket)
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    core_.connections.push_back(*this);
    if (svc_->state.draining.load(std::memory_order_relaxed))
        draining_ = true;
}

connection::~connection() {
    wipe(std::span(data_, end_));
    core_.buffers.give_back(std::move(large_), capacity_);
    site_.connections.fetch_sub(1, std::memory_order_relaxed);
}

bool connection::is_trusted_peer() const noexcept {
    if (!peer_.known)
        return false;
    return peer_.on_unix_socket ? svc_->proxies.trusts_unix_peers() : svc_->proxies.trusts(peer_.address);
}

// A request is served by the settings that are in force when its first byte is seen, whole.
void connection::take_settings(exchange& x) noexcept {
    if (svc_ == core_.current())  // as nearly always, and without touching a count
        return;
    svc_ = core_.current();
    x.use(*svc_, is_trusted_peer());
}

void connection::on_deadline() noexcept {
    expired_ = true;
    error_code ignored;
    socket_.cancel(ignored);
}

void connection::on_drain() noexcept {
    draining_ = true;
    if (begin_ != end_)
        return;        // at work: its answer will close it
    if (!answered_) {  // whoever has only just connected is about to ask
        deadline = std::min(deadline, core_.deadline_in(first_request_ms));
        return;
    }
    error_code ignored;
    socket_.cancel(ignored);
}

task<void> connection::run(std::unique_ptr<connection> self) {
    try {
        co_await self->serve();
    } catch (const std::exception& e) {
        self->svc_->core.log.write(log_level::error, "connection_failed", {{"what", e.what()}});
    }
}

task<void> connection::serve() {
    exchange x(*svc_, core_, peer_.address, is_trusted_peer());
    x.for_programs = site_.is_admin;
    for (;;) {
        const arrival head = co_await read_header(x);
        if (head == arrival::gone)
            co_return;
        std::size_t block = 0;
        core_counters::moment begun;  // where it is measured
        if (head == arrival::complete) {
            block = scanner_.size();
            // Unless the body is read below, whatever follows the header can't be told from a next request (H7).
            x.keep_alive = x.keep_alive && x.head.content_length == 0;
            if (!site_.admits(x.head)) {
                record_token_refused(x);
                refuse(x, problems::admin_token_required);
            } else if (const route* found = find_route(x, site_.routes)) {
                x.group = found->group;
                begun = core_.counters.begin(found->group);
                arrival body = arrival::complete;
                if (refuses_unread(x, *found)) {
                    block += early_body_;
                    body = arrival::refused;
                } else if (found->body != body_rule::none) {
                    body = co_await read_body(x);
                    block += early_body_;
                }
                if (body == arrival::gone)
                    co_return;
                if (body == arrival::complete)
                    co_await answer(x, found->handle);
            }
        }

        core_.counters.finish(x.group, x.status(), begun);
        bool broken = false;
        bool written = write_answer(x, broken);
        if (!written && !broken)
            written = co_await write_rest();
        if (!written) {
            abandon();
            co_return;
        }
        answered_ = true;
        x.body = secret();
        consume(block);
        if (x.feed_position && !co_await follow(*x.feed_position)) {
            abandon();
            co_return;
        }
        if (!x.keep_alive)
            break;
    }
    co_await linger();
}

// Reads until the block is complete, passes it through the gate and starts the exchange. `refused`: the answer stands
// in the output buffer and the connection will close.
task<connection::arrival> connection::read_header(exchange& x) {
    scanner_.reset();
    deadline = core_.deadline_in(draining_ ? first_request_ms : svc_->limits.keepalive_timeout.count());
    bool started = false;
    bool skipped_empty_line = false;
    x.head = request_head{};
    for (;;) {
        // One empty line before the request line is tolerated (RFC 9112 section 2.2).
        if (!skipped_empty_line && received().starts_with("\r\n")) {
            skipped_empty_line = true;
            consume(2);
        }
        if (!received().empty() && !started) {
            started = true;
            take_settings(x);
            deadline = core_.deadline_in(svc_->limits.header_timeout.count());
        }
        const auto state = scanner_.scan(received());
        if (state == header_scanner::state::malformed) {
            reject(x, problems::bad_request);
            co_return arrival::refused;
        }
        if (state == header_scanner::state::complete)
            break;
        if (received().size() >= svc_->limits.header_bytes || !make_room()) {
            reject(x, scanner_.line_complete() ? problems::header_too_large : problems::target_too_long);
            co_return arrival::refused;
        }
        const std::size_t n = co_await read_some(data_ + end_, capacity_ - end_);
        end_ += n;
        if (n == 0) {
            if (!expired_ || !started)
                co_return arrival::gone;
            reject(x, problems::timeout);
            co_return arrival::refused;
        }
    }
    deadline = no_deadline;
    if (scanner_.size() > svc_->limits.header_bytes) {
        reject(x, problems::header_too_large);
        co_return arrival::refused;
    }
    if (const auto fault = pass_gate(received().substr(0, scanner_.size()), svc_->gate, x.head)) {
        reject(x, *fault);
        co_return arrival::refused;
    }
    x.start();
    co_return arrival::complete;
}

// Whether the route refuses what it can judge by the header alone. A body that has come along whole is passed over
// then, and the connection goes on: under attack, a new one for each refusal would cost the most.
bool connection::refuses_unread(exchange& x, const route& r) {
    if (!r.refuses_early)
        return false;
    const std::size_t there = received().size() - scanner_.size();
    const bool is_whole = there >= x.head.content_length;
    early_body_ = is_whole ? static_cast<std::size_t>(x.head.content_length) : 0;
    const bool keeps = std::exchange(x.keep_alive, is_whole && x.head.keep_alive);
    if (r.refuses_early(x))
        return true;
    x.keep_alive = keeps;
    return false;
}

// Reads Content-Length bytes into x.body. Until they are all there they wait in this connection's own buffer and, where
// that is too small, in memory that grows with what has come, not with what was announced. A secret takes pages of its
// own, and the kernel grants a process some ten thousand of those: not for bodies that may never be complete.
task<connection::arrival> connection::read_body(exchange& x) {
    early_body_ = 0;
    if (x.head.has(field::expect) && !x.head.http_1_0 && !iequals(x.head[field::expect], "100-continue")) {
        refuse(x, problems::expectation_failed);
        co_return arrival::refused;
    }
    const std::uint64_t length = x.head.content_length;
    if (length > svc_->limits.body_bytes) {
        refuse(x, problems::body_too_large);
        co_return arrival::refused;
    }
    const auto size = static_cast<std::size_t>(length);
    const std::size_t start = begin_ + scanner_.size();
    std::size_t have = std::min(end_ - start, size);
    if (have < size && x.head.has(field::expect) && !x.head.http_1_0) {
        error_code error;
        socket_.write_some(asio::buffer(go_ahead), error);
        if (error && error != asio::error::would_block)
            co_return arrival::gone;
    }

    wiped_buffer overflow;
    deadline = core_.deadline_in(svc_->limits.body_timeout.count());
    while (have < size) {
        const bool inside = overflow.size() == 0 && end_ < capacity_;
        if (!inside && have >= overflow.size())
            overflow.grow(overflow.size() == 0 ? std::string_view(data_ + start, have) : overflow.text(),
                          std::min(size, std::max(first_overflow_bytes, 2 * have)));
        char* into = inside ? data_ + end_ : overflow.data() + have;
        const std::size_t room = inside ? capacity_ - end_ : overflow.size() - have;
        const std::size_t n = co_await read_some(into, std::min(room, size - have));
        have += n;
        end_ += inside ? n : 0;
        if (n == 0) {
            if (!expired_)
                co_return arrival::gone;
            refuse(x, problems::timeout);
            co_return arrival::refused;
        }
    }
    early_body_ = std::min(end_ - start, size);
    x.body = secret(overflow.size() == 0 ? std::string_view(data_ + start, size) : overflow.text());
    wipe(std::span(data_ + start, early_body_));
    deadline = no_deadline;
    x.keep_alive = x.head.keep_alive;
    co_return arrival::complete;
}

// Exceptions stop here: a bug or exhausted memory costs this request and this connection, never the server.
task<void> connection::answer(exchange& x, handler handle) {
    try {
        co_await handle(x);
        co_return;
    } catch (const std::bad_alloc&) {
        refuse(x, problems::overloaded);
    } catch (const std::exception& e) {
        svc_->core.log.write(log_level::error, "handler_failed", {{"what", e.what()}, {"request_id", x.request_id()}});
        refuse(x, problems::internal_error);
    }
}

// The whole answer in one go, as nearly always; false with what is left in rest_ and shared_, or with `broken` set.
bool connection::write_answer(exchange& x, bool& broken) {
    auto& out = core_.out;
    const auto shared = std::exchange(x.shared_content, nullptr);
    const std::size_t all = out.size() + (shared ? shared->size() : 0);
    error_code error;
    std::size_t sent =
        shared ? socket_.write_some(std::array{asio::buffer(std::as_const(out)), asio::buffer(*shared)}, error)
               : socket_.write_some(asio::buffer(out), error);
    if (error == asio::error::would_block)
        sent = 0;
    else if (error)
        broken = true;
    const bool whole = sent == all && !broken;
    if (!whole && !broken) {
        const std::size_t of_own = std::min(sent, out.size());
        rest_.assign(out, of_own);
        shared_ = shared;
        shared_sent_ = sent - of_own;
    }
    wipe(std::span(out.data(), out.size()));  // it may have held a cookie
    core_.clear_output();
    return whole;
}

task<bool> connection::write_rest() {
    deadline = core_.deadline_in(svc_->limits.write_timeout.count());
    error_code error;
    const std::string_view shared = shared_ ? std::string_view(*shared_).substr(shared_sent_) : std::string_view();
    const std::array<asio::const_buffer, 2> left{asio::buffer(rest_), asio::buffer(shared)};
    co_await asio::async_write(socket_, left, asio::redirect_error(use_task, error));
    deadline = no_deadline;
    shared_.reset();
    wipe(std::span(rest_.data(), rest_.size()));
    rest_ = std::string();
    co_return !error;
}

// 0: the peer closed, the deadline passed (expired_), the connection drains, or it broke.
task<std::size_t> connection::read_some(char* into, std::size_t room) {
    for (;;) {
        error_code error;
        const std::size_t n =
            co_await socket_.async_read_some(asio::buffer(into, room), asio::redirect_error(use_task, error));
        if (error == asio::error::operation_aborted && !expired_ && (!draining_ || !answered_ || begin_ != end_))
            continue;  // cancelled for a reason that has passed
        co_return error ? 0 : n;
    }
}

// For a request that never became one.
void connection::reject(exchange& x, const problem& p) {
    x.start();
    refuse(x, p);
}

void connection::refuse(exchange& x, const problem& p) {
    x.keep_alive = false;
    x.refuse(p);
}

// Room for more of the header block: move it to the front, then to a lent buffer.
bool connection::make_room() {
    if (end_ < capacity_)
        return true;
    if (begin_ > 0) {
        const std::size_t size = end_ - begin_;
        std::copy(data_ + begin_, data_ + end_, data_);
        wipe(std::span(data_ + size, end_ - size));
        begin_ = 0;
        end_ = size;
        return true;
    }
    const std::size_t size = core_.buffers.buffer_size();
    if (capacity_ >= size)
        return false;
    auto larger = core_.buffers.take();
    std::copy(data_, data_ + end_, larger.get());
    wipe(std::span(data_, end_));
    core_.buffers.give_back(std::move(large_), capacity_);  // from before a reload, if there is one
    large_ = std::move(larger);
    data_ = large_.get();
    capacity_ = size;
    return true;
}

// Drops the answered request and wipes its bytes: they held the cookie (requirement C4).
void connection::consume(std::size_t bytes) noexcept {
    wipe(std::span(data_ + begin_, bytes));
    begin_ += bytes;
    if (begin_ < end_)
        return;
    begin_ = end_ = 0;
    if (large_) {
        core_.buffers.give_back(std::move(large_), capacity_);
        data_ = small_.data();
        capacity_ = small_buffer;
    }
}

}  // namespace latchkey::http
