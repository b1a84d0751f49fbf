// A connection as a coroutine: one request at a time, with everything that may have to be waited for.
#include "connection.hpp"
#include "session_audit.hpp"
#include "text.hpp"
#include "wiped_buffer.hpp"

#include <latchkey/secret.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace latchkey::http {
namespace {

constexpr std::size_t first_overflow_bytes = 1024;
constexpr std::string_view go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

// Until there is nothing to serve that needs a coroutine.
task<void> connection::serve(std::unique_ptr<connection> self) {
    connection& it = *self;
    try {
        for (;;) {
            const bool goes_on = co_await it.serve_one();
            if (!goes_on)
                co_return;
            const turn next = it.serve_at_once();
            if (next == turn::end)
                co_return;
            if (next == turn::wait)
                break;
        }
        it.self_ = std::move(self);
    } catch (const std::exception& e) {
        it.core_.discard_output();
        it.svc_->core.log.write(log_level::error, "connection_failed", {{"what", e.what()}});
    }
}

// What was left of answers, then the request that stands in the buffer, if it does. False: the connection ends.
task<bool> connection::serve_one() {
    if (!rest_.empty() || shared_) {
        const bool written = co_await write_rest();
        if (!written) {
            abandon();
            co_return false;
        }
    }
    request_head of_request;
    exchange x(*svc_, core_, peer_.address, trusted_, of_request);
    x.for_programs = site_.is_admin;
    const arrival head = read_head(x);
    if (head == arrival::partial)
        co_return true;
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
            if (body == arrival::partial)
                co_return false;
            if (body == arrival::complete)
                co_await answer(x, found->handle);
        }
    }

    core_.counters.finish(x.group, x.status(), begun);
    bool broken = false;
    bool written = write_answer(std::exchange(x.shared_content, nullptr), broken);
    if (!written && !broken)
        written = co_await write_rest();
    if (!written) {
        abandon();
        co_return false;
    }
    answered_ = true;
    consume(block);
    scanner_.reset();
    if (x.feed_position) {
        const bool followed = co_await follow(*x.feed_position);
        if (!followed) {
            abandon();
            co_return false;
        }
    }
    if (!x.keep_alive) {
        co_await linger();
        co_return false;
    }
    co_return true;
}

// Passes the block through the gate and starts the exchange. `refused`: the answer stands in the output buffer and the
// connection will close; `partial`: there is no whole block, and time and room for more.
connection::arrival connection::read_head(exchange& x) {
    in_header_ = false;
    scanner_.reset();
    const auto state = scanner_.scan(received());
    if (state == header_scanner::state::malformed) {
        reject(x, problems::bad_request);
        return arrival::refused;
    }
    if (state == header_scanner::state::incomplete) {
        if (received().empty())
            return arrival::partial;
        if (expired_) {
            reject(x, problems::timeout);
            return arrival::refused;
        }
        if (received().size() < svc_->limits.header_bytes && make_room())
            return arrival::partial;
        reject(x, scanner_.line_complete() ? problems::header_too_large : problems::target_too_long);
        return arrival::refused;
    }
    deadline = no_deadline;
    if (scanner_.size() > svc_->limits.header_bytes) {
        reject(x, problems::header_too_large);
        return arrival::refused;
    }
    if (const auto fault = pass_gate(received().substr(0, scanner_.size()), svc_->gate, x.head)) {
        reject(x, *fault);
        return arrival::refused;
    }
    x.start();
    return arrival::complete;
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
// `partial`: the client has gone.
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
        if (socket_.write(go_ahead).what == peer_socket::state::gone)
            co_return arrival::partial;
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
                co_return arrival::partial;
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

task<bool> connection::write_rest() {
    deadline = core_.deadline_in(svc_->limits.write_timeout.count());
    std::string_view own = rest_;
    std::string_view shared = shared_ ? std::string_view(*shared_).substr(shared_sent_) : std::string_view();
    bool gone = false;
    core_.ready.remind_to_write(socket_.descriptor(), *this);
    while (!gone && !(own.empty() && shared.empty())) {
        const auto sent = own.empty() ? socket_.write(shared) : socket_.write(own, shared);
        const std::size_t of_own = std::min(sent.bytes, own.size());
        own.remove_prefix(of_own);
        shared.remove_prefix(sent.bytes - of_own);
        gone = sent.what == peer_socket::state::gone || expired_;
        if (sent.what == peer_socket::state::later && !gone)
            co_await until_ready_.sleep();
    }
    core_.ready.remind(socket_.descriptor(), *this);
    deadline = no_deadline;
    shared_.reset();
    wipe(std::span(rest_.data(), rest_.size()));
    rest_ = std::string();
    co_return !gone;
}

// 0: the peer closed, the deadline passed (expired_), the connection drains, or it broke.
task<std::size_t> connection::read_some(char* into, std::size_t room) {
    for (;;) {
        const auto got = socket_.read(into, room);
        if (got.what != peer_socket::state::later)
            co_return got.bytes;
        if (expired_ || (following_ && draining_))
            co_return 0;
        co_await until_ready_.sleep();
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

}  // namespace latchkey::http
