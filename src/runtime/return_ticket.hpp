// The way home for an answer, paid for before the work begins: a handler posted from another thread needs memory, and
// whoever has an answer in hand must not fail to bring it back for want of some (requirement E5).
#pragma once

#include <latchkey/async.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <new>
#include <utility>

namespace latchkey {

class return_ticket {
public:
    return_ticket() noexcept = default;
    return_ticket(const return_ticket&) = delete;
    return_ticket& operator=(const return_ticket&) = delete;

    // Once at a time. The ticket may be gone as soon as the home thread runs.
    template <class Handler>
    void bring(const executor& home, Handler handler);

    // For one handler at a time, of whatever it is that is waited for.
    template <class T>
    class allocator;
    allocator<void*> memory() noexcept;

    void* allocate(std::size_t size, std::size_t alignment) {
        if (size <= sizeof memory_ && alignment <= alignof(std::max_align_t))
            return memory_;
        return ::operator new(size, std::align_val_t(alignment));
    }
    void deallocate(void* block, std::size_t alignment) noexcept {
        if (block != memory_)
            ::operator delete(block, std::align_val_t(alignment));
    }

private:
    alignas(std::max_align_t) std::byte memory_[256];
};

template <class T>
class return_ticket::allocator {
public:
    using value_type = T;

    explicit allocator(return_ticket& memory) noexcept : memory_(&memory) {}
    template <class U>
    allocator(const allocator<U>& other) noexcept : memory_(other.memory_) {}

    T* allocate(std::size_t n) { return static_cast<T*>(memory_->allocate(n * sizeof(T), alignof(T))); }
    void deallocate(T* block, std::size_t) noexcept { memory_->deallocate(block, alignof(T)); }
    friend bool operator==(const allocator&, const allocator&) = default;

private:
    template <class U>
    friend class allocator;
    return_ticket* memory_;
};

inline auto return_ticket::memory() noexcept -> allocator<void*> {
    return allocator<void*>(*this);
}

template <class Handler>
void return_ticket::bring(const executor& home, Handler handler) {
    boost::asio::post(home, boost::asio::bind_allocator(memory(), std::move(handler)));
}

}  // namespace latchkey
