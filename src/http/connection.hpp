// One client connection: reads a header block, passes the gate, routes, reads the body, answers; again until it ends.
//
// Lives on one core's thread from accept to close, in one of two ways. While it waits, and for what can be answered at
// once (a check by a session that is at hand), the event of its socket calls it, and it needs neither a coroutine nor a
// buffer of its own. Everything else is served by a coroutine that owns the connection meanwhile.
// Deadlines are absolute and belong to a phase, not to a read: a client that trickles bytes gains no time (requirement
// E1). Every answer that ends the connection is followed by a lingering close, so that no reset overtakes it.
#pragma once

#include "client_connections.hpp"
#include "connected_peer.hpp"
#include "core_context.hpp"
#include "exchange.hpp"
#include "header_scanner.hpp"
#include "held_checks.hpp"
#include "local_sleeper.hpp"
#include "peer_socket.hpp"
#include "ready_set.hpp"
#include "site.hpp"

#include <latchkey/async.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

class connection final : public timed_connection, public ready_set::watcher {
public:
    // Takes over an accepted socket. The connection owns itself from here on. `place`: where the client's connections
    // are counted.
    static void start(peer_socket socket, const connected_peer& peer, client_connections::place place,
                      core_context& core, site& where);

    connection(peer_socket socket, const connected_peer& peer, client_connections::place place, core_context& core,
               site& where);
    ~connection();

    void on_ready(bool hung_up) noexcept override;
    void on_deadline() noexcept override;
    void on_drain() noexcept override;
    void drop() noexcept override;
    // What was held there is to be answered.
    void answer_held(held_checks::place& at) noexcept;

private:
    // What is to be done next: wait for more bytes, wait for answer_held(), have the coroutine serve what stands in the
    // buffer, or end.
    enum class turn { wait, hold, serve, end };
    enum class arrival { complete, refused, partial };

    // connection.cpp: without a coroutine.
    template <class Serve>
    void go_on(Serve serve_at_once) noexcept;
    turn serve_at_once();
    turn serve_at_once(exchange& x, held_checks::place* may_hold);
    turn flush_before(turn next);
    std::optional<turn> look_at_input(exchange& x, held_checks::place*& may_hold);
    arrival look_at_head(exchange& x) noexcept;
    const route* find_prompt(exchange& x) noexcept;
    bool answer_at_once(exchange& x, const route& found, core_counters::moment begun);
    void end_request(const request_head& answered) noexcept;
    void wait();

    // connection_serve.cpp: as a coroutine.
    static task<void> serve(std::unique_ptr<connection> self);
    task<bool> serve_one();
    arrival read_head(exchange& x);
    bool refuses_unread(exchange& x, const route& r);
    task<arrival> read_body(exchange& x);
    task<void> answer(exchange& x, task<void> (*handle)(exchange&));
    task<bool> write_rest();
    task<std::size_t> read_some(char* into, std::size_t room);
    void reject(exchange& x, const problem& p);
    void refuse(exchange& x, const problem& p);

    // connection_end.cpp
    task<bool> follow(std::uint64_t position);
    void abandon() noexcept;
    task<void> linger();

    // Both: buffers and settings.
    bool is_trusted_peer() const noexcept;
    void take_settings(exchange& x) noexcept;
    bool write_answer(std::shared_ptr<const std::string> shared, bool& broken);
    void keep_input();
    bool make_room();
    void consume(std::size_t bytes) noexcept;
    void forget_buffer() noexcept;
    void read_into(std::span<char> shared) noexcept;
    std::string_view received() const noexcept { return {data_ + begin_, end_ - begin_}; }
    // Whether data_ is this connection's, and not the core's, which is everybody's in turn.
    bool has_buffer() const noexcept { return own_ != nullptr; }

    peer_socket socket_;
    core_context& core_;
    site& site_;
    std::shared_ptr<const services> svc_;  // what is in force for the request under way
    connected_peer peer_;
    client_connections::place place_;
    bool trusted_;
    bool expired_ = false;              // the deadline passed
    bool draining_ = false;             // the server stops
    bool answered_ = false;             // at least one request
    bool in_header_ = false;            // its deadline runs
    bool following_ = false;            // the client hears of revocations, and nothing is asked of it
    bool drained_ = false;              // there is nothing to read before the socket's next event
    bool hung_up_ = false;              // what comes after what can be read is the end
    std::unique_ptr<connection> self_;  // while no coroutine owns it
    local_sleeper until_ready_;         // the coroutine, while it waits for the socket or the deadline

    // Received and not yet consumed: [begin_, end_) of data_, which is the core's buffer or own_.
    char* data_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t early_body_ = 0;  // bytes of the body that stand behind the header
    std::unique_ptr<char[]> own_;
    header_scanner scanner_;
    // Of an answer that the socket would not take at once: rest_, then what follows shared_sent_ of what others send,
    // too.
    std::string rest_;
    std::shared_ptr<const std::string> shared_;
    std::size_t shared_sent_ = 0;
};

}  // namespace latchkey::http
