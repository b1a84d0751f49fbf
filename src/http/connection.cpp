// A connection between two coroutines: from its socket's event to the answer, where nobody has to be waited for.
#include "connection.hpp"

#include "identify.hpp"

#include <latchkey/secret.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace latchkey::http {
namespace {

constexpr std::int64_t first_request_ms = 1'000;  // for a new connection while the server stops
constexpr int most_reads = 4;                     // of one that always has more; then others have their turn
constexpr std::size_t most_output = 16 * 1024;    // of answers to requests that came together

}  // namespace

void connection::start(peer_socket socket, const connected_peer& peer, client_connections::place place,
                       core_context& core, site& where) {
    auto self = std::make_unique<connection>(std::move(socket), peer, std::move(place), core, where);
    connection& it = *self;
    if (!core.ready.enter(it.socket_.descriptor(), it))
        return;
    it.wait();
    it.self_ = std::move(self);
}

connection::connection(peer_socket socket, const connected_peer& peer, client_connections::place place,
                       core_context& core, site& where)
    : socket_(std::move(socket)),
      core_(core),
      site_(where),
      svc_(core.current()),
      peer_(peer),
      place_(std::move(place)),
      trusted_(is_trusted_peer()) {
    read_into(core_.input());
    site_.connections.fetch_add(1, std::memory_order_relaxed);
    core_.counters.count_connection(site_.is_admin);
    if (!peer_.on_unix_socket)
        socket_.send_promptly();
    core_.connections.push_back(*this);
    if (svc_->state.draining.load(std::memory_order_relaxed))
        draining_ = true;
}

connection::~connection() {
    core_.ready.forget(*this);
    wipe(std::span(data_, end_));
    core_.buffers.give_back(std::move(own_), capacity_);
    site_.connections.fetch_sub(1, std::memory_order_relaxed);
}

bool connection::is_trusted_peer() const noexcept {
    return peer_.on_unix_socket ? svc_->proxies.trusts_unix_peers() : svc_->proxies.trusts(peer_.address);
}

// A request is served by the settings that are in force when its first byte is seen, whole.
void connection::take_settings(exchange& x) noexcept {
    if (svc_ == core_.current())  // as nearly always, and without touching a count
        return;
    svc_ = core_.current();
    trusted_ = is_trusted_peer();
    x.use(*svc_, trusted_);
}

void connection::on_ready(bool hung_up) noexcept {
    drained_ = false;
    hung_up_ = hung_up_ || hung_up;
    if (!self_)
        return until_ready_.wake();
    held_checks::place& at = core_.held->next();
    go_on([&] {
        if (!has_buffer())
            read_into(at.input);
        at.x.emplace(*svc_, core_, peer_.address, trusted_, at.head);
        at.x->for_programs = site_.is_admin;
        return serve_at_once(*at.x, &at);
    });
}

void connection::answer_held(held_checks::place& at) noexcept {
    go_on([&] {
        if (!answer_at_once(*at.x, *at.found, at.begun))
            return flush_before(turn::serve);
        end_request(at.head);
        return serve_at_once(*at.x, nullptr);
    });
}

void connection::on_deadline() noexcept {
    expired_ = true;
    if (self_)
        go_on([this] { return serve_at_once(); });
    else
        until_ready_.wake();
}

void connection::on_drain() noexcept {
    draining_ = true;
    if (begin_ != end_)
        return;        // at work: its answer will close it
    if (!answered_) {  // whoever has only just connected is about to ask
        deadline = std::min(deadline, core_.deadline_in(first_request_ms));
        return;
    }
    if (self_)
        self_.reset();
    else
        until_ready_.wake();
}

void connection::drop() noexcept {
    if (self_)
        self_.reset();
    else
        until_ready_.give_up();
}

// Perhaps the end of *this.
template <class Serve>
void connection::go_on(Serve serve_at_once) noexcept {
    std::unique_ptr<connection> self = std::move(self_);
    core_context& core = core_;
    try {
        switch (serve_at_once()) {
            case turn::wait:
                self_ = std::move(self);
                break;
            case turn::hold:
                self_ = std::move(self);
                core.held->hold();
                break;
            case turn::serve:
                boost::asio::co_spawn(core.io, serve(std::move(self)), boost::asio::detached);
                break;
            case turn::end:
                break;
        }
    } catch (const std::exception& e) {
        core.discard_output();
        core.current()->core.log.write(log_level::error, "connection_failed", {{"what", e.what()}});
    }
}

connection::turn connection::serve_at_once() {
    if (!has_buffer())
        read_into(core_.input());
    exchange x(*svc_, core_, peer_.address, trusted_);
    x.for_programs = site_.is_admin;
    return serve_at_once(x, nullptr);
}

// Reads and answers until there is nothing left to be done without waiting, or there is a check in `may_hold`. Throws
// std::bad_alloc.
connection::turn connection::serve_at_once(exchange& x, held_checks::place* may_hold) {
    for (int reads = 0;;) {
        if (!received().empty())
            if (const auto next = look_at_input(x, may_hold))
                return next == turn::hold ? turn::hold : flush_before(*next);
        if (received().empty())
            forget_buffer();
        if (expired_)
            return flush_before(received().empty() ? turn::end : turn::serve);
        if (drained_)
            return flush_before(turn::wait);
        if (reads++ == most_reads) {
            core_.ready.remind(socket_.descriptor(), *this);
            return flush_before(turn::wait);
        }
        const std::size_t room = capacity_ - end_;
        const auto got = socket_.read(data_ + end_, room);
        if (got.what == peer_socket::state::gone)
            return flush_before(turn::end);
        end_ += got.bytes;
        // A short read has emptied the socket (epoll(7)).
        drained_ = got.what == peer_socket::state::later || (got.bytes < room && !hung_up_);
    }
}

// Answers what can be answered at once, of what was received, which is something. Nothing: more bytes are needed.
std::optional<connection::turn> connection::look_at_input(exchange& x, held_checks::place*& may_hold) {
    do {
        take_settings(x);
        const arrival head = look_at_head(x);
        if (head == arrival::partial) {
            const bool fits = received().size() < svc_->limits.header_bytes && make_room();
            return fits ? std::nullopt : std::optional(turn::serve);
        }
        const route* const found = head == arrival::complete ? find_prompt(x) : nullptr;
        if (!found)
            return turn::serve;
        const auto begun = core_.counters.begin(found->group);
        // The first alone: others may stand in a buffer that is not theirs until later.
        if (held_checks::place* const place = std::exchange(may_hold, nullptr); place && look_ahead(x)) {
            place->asks = this;
            place->found = found;
            place->begun = begun;
            return turn::hold;
        }
        if (!answer_at_once(x, *found, begun))
            return turn::serve;
        end_request(x.head);
        if (core_.out.size() >= most_output)
            if (const auto next = flush_before(turn::wait); next != turn::wait)
                return next;
    } while (!received().empty());
    return std::nullopt;
}

// Nearly every head comes whole and good, and is looked at once. `refused`: the coroutine finds out why.
connection::arrival connection::look_at_head(exchange& x) noexcept {
    const bool came_in_pieces = scanner_.has_begun();
    if (!came_in_pieces && !pass_gate(received(), svc_->gate, x.head))
        return arrival::complete;
    const auto state = scanner_.scan(received());
    if (state == header_scanner::state::incomplete)
        return arrival::partial;
    const bool good = state == header_scanner::state::complete && came_in_pieces;
    return good && !pass_gate(received(), svc_->gate, x.head) ? arrival::complete : arrival::refused;
}

void connection::end_request(const request_head& answered) noexcept {
    consume(answered.block.size());
    scanner_.reset();
    in_header_ = false;
    answered_ = true;
}

// The route that may answer the request whose head is in `x`, with `x` begun. Null: the coroutine sees to it.
const route* connection::find_prompt(exchange& x) noexcept {
    if (svc_->state.draining.load(std::memory_order_relaxed) || x.head.block.size() > svc_->limits.header_bytes)
        return nullptr;
    const route* const found = find_prompt_route(x, site_.routes);
    if (!found || !x.head.keep_alive || x.head.content_length != 0 || !site_.admits(x.head))
        return nullptr;
    x.start();
    x.group = found->group;
    return found;
}

// True with the answer in the output buffer. False: nothing was done, and the coroutine sees to the request.
bool connection::answer_at_once(exchange& x, const route& found, core_counters::moment begun) {
    const std::size_t before = core_.out.size();
    bool answered = false;
    try {
        answered = found.answer_at_once(x);
    } catch (const std::bad_alloc&) {
        // The coroutine may find the memory, and says so where it doesn't.
    }
    if (!answered || !x.keep_alive) {
        core_.out.resize(before);
        return false;
    }
    core_.counters.finish(x.group, x.status(), begun);
    return true;
}

// What stands in the output buffer goes out first. What the socket doesn't take is the coroutine's.
connection::turn connection::flush_before(turn next) {
    bool broken = false;
    if (!core_.out.empty() && !write_answer(nullptr, broken))
        next = broken ? turn::end : turn::serve;
    if (next == turn::wait)
        wait();
    else if (next == turn::serve)
        keep_input();
    return next;
}

// Until the socket's next event, or the deadline of the phase.
void connection::wait() {
    expired_ = false;
    if (received().empty()) {
        in_header_ = false;
        deadline = core_.deadline_in(draining_ ? first_request_ms : svc_->limits.keepalive_timeout.count());
        return;
    }
    keep_input();
    if (!std::exchange(in_header_, true))
        deadline = core_.deadline_in(svc_->limits.header_timeout.count());
}

// The whole answer in one go, as nearly always; false with what is left in rest_ and shared_, or with `broken` set.
bool connection::write_answer(std::shared_ptr<const std::string> shared, bool& broken) {
    auto& out = core_.out;
    const std::string_view content = shared ? std::string_view(*shared) : std::string_view();
    const auto sent = socket_.write(out, content);
    broken = sent.what == peer_socket::state::gone;
    const bool whole = sent.bytes == out.size() + content.size() && !broken;
    if (!whole && !broken) {
        const std::size_t of_own = std::min(sent.bytes, out.size());
        rest_.assign(out, of_own);
        shared_ = std::move(shared);
        shared_sent_ = sent.bytes - of_own;
    }
    wipe(std::span(out.data(), out.size()));  // it may have held a cookie
    core_.clear_output();
    return whole;
}

// The core's buffer is free for others from here on.
void connection::keep_input() {
    if (has_buffer() || received().empty())
        return;
    const std::size_t size = received().size();
    own_ = core_.buffers.take(size);
    std::copy(data_ + begin_, data_ + end_, own_.get());
    wipe(std::span(data_, end_));
    data_ = own_.get();
    capacity_ = core_.buffers.size_for(size);
    begin_ = 0;
    end_ = size;
}

// Room for more of the header block: move it to the front, then to a larger buffer.
bool connection::make_room() {
    if (end_ < capacity_)
        return true;
    const std::size_t size = end_ - begin_;
    if (begin_ > 0) {
        std::copy(data_ + begin_, data_ + end_, data_);
        wipe(std::span(data_ + size, end_ - size));
        begin_ = 0;
        end_ = size;
        return true;
    }
    if (capacity_ >= core_.buffers.largest())
        return false;
    const std::size_t larger = core_.buffers.size_for(size + 1);
    auto fresh = core_.buffers.take(size + 1);
    std::copy(data_, data_ + end_, fresh.get());
    wipe(std::span(data_, end_));
    core_.buffers.give_back(std::move(own_), capacity_);
    own_ = std::move(fresh);
    data_ = own_.get();
    capacity_ = larger;
    return true;
}

// Drops the answered request and wipes its bytes: they held the cookie (requirement C4).
void connection::consume(std::size_t bytes) noexcept {
    wipe(std::span(data_ + begin_, bytes));
    begin_ += bytes;
    if (begin_ == end_)
        begin_ = end_ = 0;
}

// With nothing received: an idle connection has no buffer.
void connection::forget_buffer() noexcept {
    if (!has_buffer())
        return;
    core_.buffers.give_back(std::move(own_), capacity_);
    read_into(core_.input());
}

// What is read goes to a buffer that is others', too, until keep_input().
void connection::read_into(std::span<char> shared) noexcept {
    data_ = shared.data();
    capacity_ = shared.size();
    begin_ = end_ = 0;
}

}  // namespace latchkey::http
