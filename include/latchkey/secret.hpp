// A byte string that must not leak: a password, a request body that holds one, a cookie value.
//
// The memory is locked (where the limit allows), surrounded by guard pages and zeroed when it goes. A secret can be
// moved but neither copied nor printed: there is no operator<<, no conversion to a string, no formatter. reveal() is
// the one way in, and easy to search for. Creating one costs a few microseconds: it is for logins, not for checks.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace latchkey {

class secret {
public:
    secret() noexcept = default;
    // Takes a copy of `bytes`. The source stays the caller's to wipe. Throws std::bad_alloc.
    explicit secret(std::string_view bytes);
    // `size` zero bytes, to be filled through writable(). Throws std::bad_alloc.
    static secret of_size(std::size_t size);

    secret(secret&& other) noexcept;
    secret& operator=(secret&& other) noexcept;
    secret(const secret&) = delete;
    secret& operator=(const secret&) = delete;
    ~secret() {
        if (data_)
            give_back();
    }

    std::string_view reveal() const noexcept { return {data_, size_}; }
    std::span<char> writable() noexcept { return {data_, size_}; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

private:
    void give_back() noexcept;

    char* data_ = nullptr;
    std::size_t size_ = 0;
};

// Overwrites `bytes` with zeros in a way that no compiler takes out.
void wipe(std::span<char> bytes) noexcept;

}  // namespace latchkey
