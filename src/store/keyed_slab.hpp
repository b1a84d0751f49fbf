// A slab whose records are found by a key they carry themselves: the hash table of the session table. Not thread-safe:
// the owner's mutex guards it.
//
// Record has a member key() and a static function key_bits(key), which gives 32 well-mixed bits of a key.
#pragma once

#include "slab.hpp"
#include "slot_index.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace latchkey {

template <class Record>
class keyed_slab {
public:
    using slot = typename slab<Record>::slot;
    using key_type = std::remove_cvref_t<decltype(std::declval<const Record&>().key())>;

    // Where the record with `key` is. No allocation.
    std::optional<slot> find(const key_type& key) const noexcept {
        return index_.find(Record::key_bits(key), [&](slot at) { return records_[at].key() == key; });
    }

    // What find() reads first of all, and what it reads then, comes into the cache: in two steps, since the second has
    // to read what the first fetches.
    void fetch_place(const key_type& key) const noexcept { index_.fetch(Record::key_bits(key)); }
    void fetch(const key_type& key) const noexcept {
        if (const auto at = index_.find(Record::key_bits(key), [](slot) { return true; }))
            records_.fetch(*at);
    }

    // Makes a record from `args`, whose key must not be there yet. Strong guarantee; throws as slab::emplace.
    template <class... Args>
    slot emplace(Args&&... args) {
        const slot at = records_.emplace(std::forward<Args>(args)...);
        try {
            index_.insert(Record::key_bits(records_[at].key()), at);
        } catch (...) {
            records_.erase(at);
            throw;
        }
        return at;
    }

    // Ends the record at `at`, which must be one.
    void erase(slot at) noexcept {
        index_.erase(Record::key_bits(records_[at].key()), at);
        records_.erase(at);
    }

    Record& operator[](slot at) noexcept { return records_[at]; }
    const Record& operator[](slot at) const noexcept { return records_[at]; }
    bool contains(slot at) const noexcept { return records_.contains(at); }
    slot end() const noexcept { return records_.end(); }
    std::size_t size() const noexcept { return records_.size(); }

private:
    slab<Record> records_;
    slot_index index_;
};

}  // namespace latchkey
