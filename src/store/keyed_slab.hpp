// A slab whose records are found by a key they carry themselves: the hash table of the session table.
//
// The index beside the slab holds eight bytes a record, its slot and 32 bits of its hash, in an open-addressing set.
// Those bits let the index grow without looking at a single record, so that growth under a lock stays short, and spare
// a lookup nearly every record that is not the one. Not thread-safe: the owner's mutex guards it.
//
// Record has a member key() and a static function key_bits(key), which gives 32 well-mixed bits of a key.
#pragma once

#include "slab.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

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

    keyed_slab() : index_(0, hash_of{}, same{&records_}) {}

    // Where the record with `key` is. No allocation.
    std::optional<slot> find(const key_type& key) const noexcept {
        const auto found = index_.find(probe{Record::key_bits(key), &key});
        return found == index_.end() ? std::nullopt : std::optional<slot>(found->at);
    }

    // Makes a record from `args`, whose key must not be there yet. Strong guarantee; throws as slab::emplace.
    template <class... Args>
    slot emplace(Args&&... args) {
        const slot at = records_.emplace(std::forward<Args>(args)...);
        try {
            index_.insert(entry{Record::key_bits(records_[at].key()), at});
        } catch (...) {
            records_.erase(at);
            throw;
        }
        return at;
    }

    // Ends the record at `at`, which must be one.
    void erase(slot at) noexcept {
        index_.erase(entry{Record::key_bits(records_[at].key()), at});
        records_.erase(at);
    }

    Record& operator[](slot at) noexcept { return records_[at]; }
    const Record& operator[](slot at) const noexcept { return records_[at]; }
    bool contains(slot at) const noexcept { return records_.contains(at); }
    slot end() const noexcept { return records_.end(); }
    std::size_t size() const noexcept { return records_.size(); }

private:
    struct entry {
        std::uint32_t bits;
        slot at;
    };
    struct probe {
        std::uint32_t bits;
        const key_type* key;
    };

    struct hash_of {
        using is_transparent = void;
        using is_avalanching = void;  // the bits are well mixed: take them as they are
        // The set takes its position from the highest bits and its tag from the lowest ones: give it the 32 twice.
        static std::size_t spread(std::uint32_t bits) noexcept { return (std::size_t{bits} << 32) | bits; }
        std::size_t operator()(const entry& e) const noexcept { return spread(e.bits); }
        std::size_t operator()(const probe& p) const noexcept { return spread(p.bits); }
    };
    struct same {
        using is_transparent = void;
        const slab<Record>* records;
        bool operator()(const entry& a, const entry& b) const noexcept { return a.at == b.at; }
        bool operator()(const probe& p, const entry& e) const noexcept {
            return p.bits == e.bits && *p.key == (*records)[e.at].key();
        }
        bool operator()(const entry& e, const probe& p) const noexcept { return (*this)(p, e); }
    };

    slab<Record> records_;
    boost::unordered_flat_set<entry, hash_of, same> index_;
};

}  // namespace latchkey
