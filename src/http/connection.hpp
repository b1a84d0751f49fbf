// One client connection: reads a header block, passes the gate, routes, reads the body, answers; again until it ends.
//
// Lives on one core's thread from accept to close. Deadlines are absolute and belong to a phase, not to a read: a
// client that trickles bytes gains no time (requirement E1). Every answer that ends the connection is followed by a
// lingering close, so that no reset overtakes it.
#pragma once

#include "client_connections.hpp"
#include "connected_peer.hpp"
#include "core_context.hpp"
#include "exchange.hpp"
#include "header_scanner.hpp"
#include "site.hpp"

#include <latchkey/async.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

class connection final : public timed_connection {
public:
    // Takes over an accepted socket; the coroutine that it starts owns the connection. `place`: where the client's
    // connections are counted.
    static void start(stream_socket socket, const connected_peer& peer, client_connections::place place,
                      core_context& core, site& where);

    connection(stream_socket socket, const connected_peer& peer, client_connections::place place, core_context& core,
               site& where);
    ~connection();

    void on_deadline() noexcept override;
    void on_drain() noexcept override;

private:
    enum class arrival { complete, refused, gone };

    static task<void> run(std::unique_ptr<connection> self);
    bool is_trusted_peer() const noexcept;
    void take_settings(exchange& x) noexcept;
    task<void> serve();
    task<arrival> read_header(exchange& x);
    bool refuses_unread(exchange& x, const route& r);
    task<arrival> read_body(exchange& x);
    task<void> answer(exchange& x, task<void> (*handle)(exchange&));
    task<bool> write_rest();
    task<bool> follow(std::uint64_t position);
    void abandon() noexcept;
    task<void> linger();

    bool write_answer(exchange& x, bool& broken);
    task<std::size_t> read_some(char* into, std::size_t room);
    void reject(exchange& x, const problem& p);
    void refuse(exchange& x, const problem& p);
    bool make_room();
    void consume(std::size_t bytes) noexcept;
    std::string_view received() const noexcept { return {data_ + begin_, end_ - begin_}; }

    static constexpr std::size_t small_buffer = 2048;

    stream_socket socket_;
    core_context& core_;
    site& site_;
    std::shared_ptr<const services> svc_;  // what is in force for the request under way
    connected_peer peer_;
    client_connections::place place_;
    bool expired_ = false;   // the deadline passed; the pending operation was cancelled
    bool draining_ = false;  // the server stops
    bool answered_ = false;  // at least one request

    // Received and not yet consumed: [begin_, end_) of data_, which is small_ or a lent buffer.
    char* data_ = nullptr;
    std::size_t capacity_ = small_buffer;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t early_body_ = 0;  // bytes of the body that stand behind the header
    std::unique_ptr<char[]> large_;
    header_scanner scanner_;
    // Of an answer that the socket would not take at once: rest_, then what follows shared_sent_ of what others send,
    // too.
    std::string rest_;
    std::shared_ptr<const std::string> shared_;
    std::size_t shared_sent_ = 0;
    std::array<char, small_buffer> small_;
};

}  // namespace latchkey::http
