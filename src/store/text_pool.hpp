// Short texts that many sessions share: each distinct User-Agent is kept once, as long as a session names it.
//
// A text is known by a four-byte id. Thread-safe; its mutex is the last in every lock order of this folder.
#pragma once

#include "keyed_slab.hpp"
#include "mutex.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace latchkey {

class text_pool {
public:
    using id = std::uint32_t;

    // Counts one more user of `text`. Throws std::bad_alloc.
    id acquire(std::string_view text);
    // Counts one user less; the last one takes the text with it.
    void release(id which) noexcept;
    // A copy. Throws std::bad_alloc.
    std::string read(id which) const;
    // Distinct texts.
    std::size_t size() const noexcept;

    // One use that is given back at the end of the scope unless keep() was called.
    class lease {
    public:
        lease(text_pool& pool, std::string_view text) : pool_(pool), id_(pool.acquire(text)) {}
        ~lease() {
            if (!kept_)
                pool_.release(id_);
        }
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        id get() const noexcept { return id_; }
        void keep() noexcept { kept_ = true; }

    private:
        text_pool& pool_;
        const id id_;
        bool kept_ = false;
    };

private:
    struct entry {
        explicit entry(std::string_view t) : text(t) {}
        std::string_view key() const noexcept { return text; }
        static std::uint32_t key_bits(std::string_view text) noexcept {
            const std::uint64_t h = std::hash<std::string_view>{}(text);
            return static_cast<std::uint32_t>(h ^ (h >> 32));
        }
        std::string text;
        std::uint32_t users = 0;
    };

    mutable mutex mutex_;
    keyed_slab<entry> entries_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey
