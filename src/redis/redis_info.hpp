// What INFO tells, line by line.
#pragma once

#include <string_view>

namespace latchkey {

// The value of "name:value"; empty: there is no such line.
std::string_view info_line(std::string_view info, std::string_view name) noexcept;

}  // namespace latchkey
