// Where the records of a slab are, by 32 bits of a hash: open addressing with linear probing (Knuth, The Art of
// Computer Programming, volume 3, section 6.4).
//
// Eight bytes a place, the bits and the slot, so that a look-up reads one cache line, seldom two. The bits let the
// index grow without looking at a single record, so that growth under a lock stays short, and spare a look-up nearly
// every record that is not the one. Nothing marks where something was: erase() moves back what a gap would cut off, and
// an index that was once full is as fast as a new one. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace latchkey {

class slot_index {
public:
    using slot = std::uint32_t;

    // The slot that was entered with these bits and that `is_it` takes for the one.
    template <class IsIt>
    std::optional<slot> find(std::uint32_t bits, IsIt is_it) const noexcept {
        if (places_.empty())
            return std::nullopt;
        for (std::size_t at = home(bits); places_[at].taken != 0; at = behind(at))
            if (places_[at].bits == bits && is_it(places_[at].taken - 1))
                return places_[at].taken - 1;
        return std::nullopt;
    }

    // What find() reads first comes into the cache.
    void fetch(std::uint32_t bits) const noexcept {
        if (!places_.empty())
            __builtin_prefetch(&places_[home(bits)]);
    }

    // `at` is not in yet. Throws std::bad_alloc and has changed nothing then.
    void insert(std::uint32_t bits, slot at) {
        if (size_ >= places_.size() - places_.size() / 4)
            grow();
        put(places_, {bits, at + 1});
        ++size_;
    }

    // `at` was entered with these bits.
    void erase(std::uint32_t bits, slot at) noexcept {
        std::size_t gap = home(bits);
        while (places_[gap].taken != at + 1)
            gap = behind(gap);
        // Whatever probing would not find any more across the gap moves into it, and leaves the next one.
        for (std::size_t next = behind(gap); places_[next].taken != 0; next = behind(next)) {
            if (distance(home(places_[next].bits), next) < distance(gap, next))
                continue;
            places_[gap] = places_[next];
            gap = next;
        }
        places_[gap] = {};
        --size_;
    }

private:
    struct place {
        std::uint32_t bits;
        std::uint32_t taken;  // the slot and one; 0 for an empty place
    };
    static constexpr std::size_t first_size = 16;  // a power of two, as all sizes are

    std::size_t mask() const noexcept { return places_.size() - 1; }
    std::size_t home(std::uint32_t bits) const noexcept { return bits & mask(); }
    std::size_t behind(std::size_t at) const noexcept { return (at + 1) & mask(); }
    std::size_t distance(std::size_t from, std::size_t to) const noexcept { return (to - from) & mask(); }

    static void put(std::vector<place>& places, place entry) noexcept {
        const std::size_t mask = places.size() - 1;
        std::size_t at = entry.bits & mask;
        while (places[at].taken != 0)
            at = (at + 1) & mask;
        places[at] = entry;
    }

    void grow() {
        std::vector<place> larger(places_.empty() ? first_size : 2 * places_.size());
        for (const place& entry : places_)
            if (entry.taken != 0)
                put(larger, entry);
        places_.swap(larger);
    }

    std::vector<place> places_;  // at most three quarters taken
    std::size_t size_ = 0;
};

}  // namespace latchkey
