// Where a Redis is: redis://[user@]host[:port][/db], rediss:// (TLS) likewise, unix:/path[?db=n].
//
// A password is no part of it: urls end up in logs and process lists, passwords come from redis.password_file.
#pragma once

#include <latchkey/error.hpp>

#include <string>
#include <string_view>

namespace latchkey {

struct redis_url {
    enum class way { tcp, tls, unix_socket };

    way by = way::tcp;
    std::string host;  // as in the url, an IPv6 address without its brackets; the path of a Unix socket
    std::string port = "6379";
    std::string user;  // empty: the default user
    unsigned database = 0;

    std::string str() const;  // for people
};

struct redis_url_or_fault {
    redis_url url;
    std::string_view fault;  // what is wrong, to follow "redis.url "; empty: nothing
};
redis_url_or_fault parse_redis_url(std::string_view text);

}  // namespace latchkey
