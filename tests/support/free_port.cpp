#include "free_port.hpp"

#include "unique_fd.hpp"

#include <cstddef>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace latchkey::test {
namespace {

// Above the last of the "bad ports" of the Fetch standard, to which Node and browsers never connect (10080), and below
// those that the kernel gives to outgoing connections.
constexpr int lowest = 10'081, highest = 32'000;

// A name that one process at a time can have, until it ends: tests that run beside this one leave the port alone, also
// while nobody listens there yet. Nothing if another has it.
unique_fd claim(std::uint16_t port) {
    unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = "latchkey-test-port-" + std::to_string(port);
    name.copy(address.sun_path + 1, name.size());  // behind a zero byte: no file
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
        return {};
    return fd;
}

}  // namespace

std::uint16_t free_port() {
    static std::mt19937 random{std::random_device{}()};
    static std::map<std::uint16_t, unique_fd> given;
    std::uniform_int_distribution<int> choose(lowest, highest);
    for (int attempt = 0; attempt < 1'000; ++attempt) {
        const auto port = static_cast<std::uint16_t>(choose(random));
        auto mine = claim(port);  // before the trial below: it could be in the way of the one who has it
        if (!mine)
            continue;
        const unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_ANY);
        if (fd && ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            given.emplace(port, std::move(mine));
            return port;
        }
    }
    throw std::runtime_error("no free port");
}

}  // namespace latchkey::test
