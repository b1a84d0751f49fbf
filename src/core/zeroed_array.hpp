// Large tables that begin as zeroes: the system gives such pages when they are first written, so that a table which is
// hardly used costs next to nothing, and none of it at start.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace latchkey {

// Of a fixed size, each element as T{} would be, though no constructor runs.
template <class T>
class zeroed_array {
public:
    // Throws std::bad_alloc.
    explicit zeroed_array(std::size_t size)
        : elements_(static_cast<T*>(std::calloc(size > 0 ? size : 1, sizeof(T))), wipe_and_free{size * sizeof(T)}),
          size_(size) {
        // Here and not above, where a class that T is nested in may not be complete yet.
        static_assert(std::is_trivially_destructible_v<T>, "nobody destroys the elements");
        static_assert(std::is_aggregate_v<T> || std::is_trivially_default_constructible_v<T>,
                      "an implicit-lifetime type: memory from calloc() holds such objects without a constructor's run");
        static_assert(alignof(T) <= alignof(std::max_align_t), "calloc() aligns for no more");
        static_assert(std::bit_cast<T>(std::array<std::byte, sizeof(T)>{}) == T{}, "zeroes must be the initial value");
        if (!elements_)
            throw std::bad_alloc();
    }
    zeroed_array(const zeroed_array&) = delete;
    zeroed_array& operator=(const zeroed_array&) = delete;

    std::size_t size() const noexcept { return size_; }
    T* data() noexcept { return elements_.get(); }
    const T* data() const noexcept { return elements_.get(); }
    // By way of a span, which checks the bounds where the standard library's containers do.
    T& operator[](std::size_t i) noexcept { return std::span<T>(data(), size_)[i]; }
    const T& operator[](std::size_t i) const noexcept { return std::span<const T>(data(), size_)[i]; }

private:
    // As the program's operator delete does: what somebody typed may be in it.
    struct wipe_and_free {
        std::size_t bytes;
        void operator()(T* elements) const noexcept {
            explicit_bzero(elements, bytes);
            std::free(elements);
        }
    };

    std::unique_ptr<T[], wipe_and_free> elements_;
    std::size_t size_;
};

}  // namespace latchkey
