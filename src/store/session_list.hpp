// The sessions of a user, in order of creation: without memory of its own for the one that most users have.
//
// A reference is a shard number and a slot in four bytes. Not thread-safe: the user's mutex guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace latchkey {

class session_ref {
public:
    static constexpr unsigned shard_bits = 6;

    session_ref(std::uint32_t shard, std::uint32_t slot) noexcept : packed_((slot << shard_bits) | shard) {}
    std::uint32_t shard() const noexcept { return packed_ & ((1U << shard_bits) - 1); }
    std::uint32_t slot() const noexcept { return packed_ >> shard_bits; }
    friend bool operator==(session_ref, session_ref) = default;

private:
    std::uint32_t packed_;
};

class session_list {
public:
    using iterator = session_ref*;
    using const_iterator = const session_ref*;

    iterator begin() noexcept { return many_ ? many_->data() : &one_; }
    iterator end() noexcept { return begin() + size(); }
    const_iterator begin() const noexcept { return many_ ? many_->data() : &one_; }
    const_iterator end() const noexcept { return begin() + size(); }
    std::size_t size() const noexcept { return many_ ? many_->size() : has_one_; }
    bool empty() const noexcept { return size() == 0; }

    // The next push_back() throws nothing. Throws std::bad_alloc and has changed nothing then.
    void make_room() {
        if (!many_ && !has_one_)
            return;
        if (!many_) {
            auto many = std::make_unique<std::vector<session_ref>>();
            many->reserve(2);
            many->push_back(one_);
            many_ = std::move(many);
        } else if (many_->size() == many_->capacity()) {
            many_->reserve(2 * many_->size());
        }
    }
    // After make_room().
    void push_back(session_ref at) noexcept {
        if (many_) {
            many_->push_back(at);
        } else {
            one_ = at;
            has_one_ = true;
        }
    }
    // What stands from `from` on goes, down to `to`.
    void erase(iterator from, iterator to) noexcept {
        if (many_)
            many_->erase(many_->begin() + (from - begin()), many_->begin() + (to - begin()));
        else if (from != to)
            has_one_ = false;
    }

private:
    std::unique_ptr<std::vector<session_ref>> many_;  // instead of one_, once there were two
    session_ref one_{0, 0};
    bool has_one_ = false;
};

}  // namespace latchkey
