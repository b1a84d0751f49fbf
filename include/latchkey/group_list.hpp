// Groups as a header carries them, in one text with a comma between two: read where they stand, without a copy.
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

namespace latchkey {

// A view: outlived by the text. A group is never empty and never has a comma in it (see canonical_groups()).
class group_list {
public:
    class iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using reference = std::string_view;
        using pointer = void;
        using iterator_concept = std::forward_iterator_tag;
        using iterator_category = std::input_iterator_tag;  // what C++17 calls one that gives values

        iterator() noexcept = default;
        std::string_view operator*() const noexcept { return rest_.substr(0, size_); }
        iterator& operator++() noexcept {
            rest_.remove_prefix(size_ == rest_.size() ? size_ : size_ + 1);
            find_end();
            return *this;
        }
        iterator operator++(int) noexcept {
            const iterator before = *this;
            ++*this;
            return before;
        }
        // Of one list: what is left of it tells where each stands.
        friend bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.rest_.size() == b.rest_.size();
        }

    private:
        friend class group_list;
        explicit iterator(std::string_view rest) noexcept : rest_(rest) { find_end(); }
        void find_end() noexcept {
            const std::size_t comma = rest_.find(',');
            size_ = comma == std::string_view::npos ? rest_.size() : comma;
        }

        std::string_view rest_;  // from this group on; empty: the end
        std::size_t size_ = 0;
    };
    using const_iterator = iterator;
    using value_type = std::string_view;

    group_list() noexcept = default;
    explicit group_list(std::string_view text) noexcept : text_(text) {}

    iterator begin() const noexcept { return iterator(text_); }
    iterator end() const noexcept { return {}; }
    bool empty() const noexcept { return text_.empty(); }
    std::string_view text() const noexcept { return text_; }

    friend bool operator==(const group_list&, const group_list&) = default;

private:
    std::string_view text_;
};

}  // namespace latchkey
