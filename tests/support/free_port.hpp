// A TCP port of 127.0.0.1 for somebody to listen on.
#pragma once

#include <cstdint>

namespace latchkey::test {

// Nobody listens there now. Below the range that the kernel takes for outgoing connections, so that no client of a
// test running beside this one is given it in the meantime. Throws std::runtime_error.
std::uint16_t free_port();

}  // namespace latchkey::test
