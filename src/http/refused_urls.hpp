// The last question of a proxy whose URL could not be relied on: what an operator must know to mend the proxy, and what
// `latchkey doctor` asks for. Written by all io threads; a brief lock, on that way only.
#pragma once

#include "mutex.hpp"

#include <latchkey/session.hpp>

#include <cstdint>
#include <string_view>

namespace latchkey::http {

struct refused_url {
    std::uint64_t count = 0;  // since the start
    time_point at;
    client_address peer;  // who asked: the proxy; unknown on a Unix socket
    bool peer_trusted = false;
    std::string_view header;  // what was missing or bad, a literal; "" while there was none
};

class refused_urls {
public:
    // `header`: a literal.
    void note(std::string_view header, const client_address& peer, bool peer_trusted, time_point now) {
        const mutex_lock lock(mutex_);
        last_ = {last_.count + 1, now, peer, peer_trusted, header};
    }
    refused_url last() const {
        const mutex_lock lock(mutex_);
        return last_;
    }

private:
    mutable mutex mutex_;
    refused_url last_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::http
