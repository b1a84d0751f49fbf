// Storage for many small records of one type at addresses that never change.
//
// Records live in chunks of 1,024; a record is named by its slot number, four bytes instead of a pointer's eight. A
// growing slab adds a chunk and copies nothing; an erased slot is the next to be used again. Memory is kept until the
// slab goes. Not thread-safe: the owner's mutex guards it.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace latchkey {

template <class Record>
class slab {
public:
    using slot = std::uint32_t;
    static constexpr slot chunk_size = 1024;
    static constexpr slot max_slots = slot{1} << 26;

    slab() = default;
    slab(const slab&) = delete;
    slab& operator=(const slab&) = delete;
    ~slab();

    // Makes a record from `args`. Throws std::bad_alloc (also beyond max_slots) or what the constructor throws, and
    // has changed nothing then.
    template <class... Args>
    slot emplace(Args&&... args);

    // Ends the record at `at`, which must be one.
    void erase(slot at) noexcept;

    Record& operator[](slot at) noexcept { return *record_at(at); }
    const Record& operator[](slot at) const noexcept { return *record_at(at); }

    // Comes into the cache, to be changed.
    void fetch(slot at) const noexcept {
        for (std::size_t byte = 0; byte < sizeof(Record); byte += 64)
            __builtin_prefetch(address_of(at) + byte, 1);
    }

    // Whether there is a record at `at` < end().
    bool contains(slot at) const noexcept { return chunks_[at / chunk_size]->used[at % chunk_size]; }
    // One past the highest slot that was ever used.
    slot end() const noexcept { return end_; }
    std::size_t size() const noexcept { return size_; }

private:
    static constexpr slot none = ~slot{0};
    static_assert(sizeof(Record) >= sizeof(slot), "a free slot holds the number of the next one");

    struct chunk {
        std::bitset<chunk_size> used;
        // Left uninitialised: a page that no record has reached yet costs no memory.
        alignas(Record) std::byte storage[chunk_size * sizeof(Record)];
    };

    std::byte* address_of(slot at) const noexcept {
        return chunks_[at / chunk_size]->storage + (at % chunk_size) * sizeof(Record);
    }
    Record* record_at(slot at) const noexcept { return std::launder(reinterpret_cast<Record*>(address_of(at))); }

    std::vector<std::unique_ptr<chunk>> chunks_;
    slot free_ = none;  // the free slot to use next; each holds the number of the one after it
    slot end_ = 0;
    std::size_t size_ = 0;
};

template <class Record>
slab<Record>::~slab() {
    for (slot at = 0; at < end_; ++at)
        if (contains(at))
            record_at(at)->~Record();
}

template <class Record>
template <class... Args>
auto slab<Record>::emplace(Args&&... args) -> slot {
    const bool reuse = free_ != none;
    const slot at = reuse ? free_ : end_;
    if (at == max_slots)
        throw std::bad_alloc();
    if (at / chunk_size == chunks_.size())
        chunks_.push_back(std::make_unique_for_overwrite<chunk>());

    slot next_free = free_;
    if (reuse)
        std::memcpy(&next_free, address_of(at), sizeof next_free);
    try {
        ::new (static_cast<void*>(address_of(at))) Record(std::forward<Args>(args)...);
    } catch (...) {
        if (reuse)  // the failed constructor may have written over the link
            std::memcpy(address_of(at), &next_free, sizeof next_free);
        throw;
    }
    free_ = next_free;
    end_ += reuse ? 0 : 1;
    chunks_[at / chunk_size]->used.set(at % chunk_size);
    ++size_;
    return at;
}

template <class Record>
void slab<Record>::erase(slot at) noexcept {
    record_at(at)->~Record();
    std::memcpy(address_of(at), &free_, sizeof free_);
    free_ = at;
    chunks_[at / chunk_size]->used.reset(at % chunk_size);
    --size_;
}

}  // namespace latchkey
