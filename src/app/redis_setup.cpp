#include "redis_setup.hpp"

#include "compose.hpp"
#include "host_name.hpp"
#include "secret_file.hpp"

#include <memory>
#include <utility>

namespace latchkey {

redis_client_options make_redis_client_options(const redis_options& options, std::string name) {
    redis_client_options made;
    made.url = parse_redis_url(options.url).url;
    for (const std::string& entry : options.sentinels) {
        const auto where = parse_host_and_port(entry);
        redis_url& sentinel = made.sentinels.emplace_back();
        sentinel.by = made.url.by;
        sentinel.host = where->host;
        sentinel.port = std::to_string(where->port.value());
    }
    made.sentinel_master = options.sentinel_master;
    made.ca_file = options.ca_file;
    made.name = std::move(name);
    made.timeout = options.timeout;
    if (!options.password_file.empty()) {
        auto password = read_password_file(options.password_file);
        if (!password)
            throw configuration_error("redis.password_file: " + options.password_file + ' ' + password.error().reason);
        made.password = std::make_shared<const secret>(*std::move(password));
    }
    return made;
}

}  // namespace latchkey
