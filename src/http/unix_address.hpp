// The address of a Unix socket in any directory.
//
// The kernel's structure holds 108 bytes of path. A longer one is reached through the directory's descriptor: it is
// held open by this object and named /proc/self/fd/<n>/<socket>, so bind or connect while the object lives, and do not
// expect getsockname() to tell the path afterwards.
#pragma once

#include <latchkey/error.hpp>

#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>

namespace latchkey::http {

class unix_address {
public:
    // Fails as open(2) of the directory does, with ENAMETOOLONG for a file name of more than about 80 bytes, and with
    // EINVAL for an empty one or a NUL.
    static result<unix_address> make(const std::string& path);

    unix_address(unix_address&& other) noexcept
        : where_(other.where_), directory_(std::exchange(other.directory_, -1)) {}
    unix_address& operator=(unix_address&&) = delete;
    ~unix_address();

    const sockaddr* data() const noexcept { return reinterpret_cast<const sockaddr*>(&where_); }
    socklen_t size() const noexcept { return sizeof where_; }

private:
    unix_address() = default;
    void set(const std::string& path) noexcept;

    sockaddr_un where_{};
    int directory_ = -1;
};

}  // namespace latchkey::http
