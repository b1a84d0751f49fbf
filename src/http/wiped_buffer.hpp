// Plain memory for bytes that may be secret and have not all come: overwritten before it is given back. Unlike a
// latchkey::secret it costs no more than its size.
#pragma once

#include <latchkey/secret.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace latchkey::http {

class wiped_buffer {
public:
    wiped_buffer() noexcept = default;
    wiped_buffer(const wiped_buffer&) = delete;
    wiped_buffer& operator=(const wiped_buffer&) = delete;
    ~wiped_buffer() { wipe({data_.get(), size_}); }

    // Makes it `size` bytes that begin with `content`, which may be its own. Throws std::bad_alloc.
    void grow(std::string_view content, std::size_t size) {
        auto larger = std::make_unique_for_overwrite<char[]>(size);
        std::copy(content.begin(), content.end(), larger.get());
        wipe({data_.get(), size_});
        data_ = std::move(larger);
        size_ = size;
    }

    char* data() noexcept { return data_.get(); }
    std::size_t size() const noexcept { return size_; }
    std::string_view text() const noexcept { return {data_.get(), size_}; }

private:
    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
};

}  // namespace latchkey::http
