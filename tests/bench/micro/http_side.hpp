// The HTTP side with one person signed in, without a socket.
#pragma once

#include "core_context.hpp"
#include "exchange.hpp"
#include "make_session_authority.hpp"
#include "silent_domain.hpp"
#include "table_session_store.hpp"

#include <memory>
#include <string>

namespace latchkey::micro {

class http_side {
public:
    http_side();

    // Ready for this request, which must be a good one and outlive the exchange.
    void begin(http::exchange& x, std::string_view block) const;

    // Of a proxy that is trusted.
    http::exchange exchange() { return {*services_, core_, peer_, true}; }
    http::core_context& core() noexcept { return core_; }
    const std::string& token() const noexcept { return token_; }
    const session& mine() const noexcept { return *mine_; }

private:
    std::unique_ptr<latchkey::clock> time_ = make_system_clock();
    std::unique_ptr<session_store> store_ = make_memory_session_store(session_options(), *time_);
    std::unique_ptr<session_authority> sessions_ = make_session_authority(*store_);
    testing::no_logins logins_;
    testing::no_users admins_;
    testing::no_reloads reloads_;
    testing::always_ready ready_;
    testing::no_audit audit_;
    testing::no_log log_;
    http::server_state state_;
    std::shared_ptr<const http::services> services_;
    boost::asio::io_context io_{1};
    http::core_context core_;
    client_address peer_;
    std::string token_;
    std::optional<session> mine_;
};

}  // namespace latchkey::micro
