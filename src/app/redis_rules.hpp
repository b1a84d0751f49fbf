// What the keys of [redis] must look like, alone and together. As value_rules.hpp and config_rules.hpp.
#pragma once

#include <latchkey/config.hpp>

#include <string>
#include <string_view>

namespace latchkey {

std::string redis_url_fault(std::string_view value);   // "redis://host:6379/0", or empty
std::string sentinel_fault(std::string_view value);    // "host:26379"
std::string redis_name_fault(std::string_view value);  // 1 to 64 visible ASCII characters

std::string redis_missing_fault(const config& c);
std::string redis_user_fault(const config& c);
std::string redis_sentinels_fault(const config& c);
std::string redis_ca_fault(const config& c);

std::string redis_unused_warning(const config& c);
std::string redis_plain_warning(const config& c);
std::string redis_alone_warning(const config& c);

}  // namespace latchkey
