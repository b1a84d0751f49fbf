// Out of memory before anything has changed is a failure of the store like any other.
#pragma once

#include <latchkey/async.hpp>
#include <latchkey/error.hpp>

#include <new>
#include <utility>

namespace latchkey {

template <class T>
task<result<T>> without_exceptions(task<result<T>> work) {
    try {
        co_return co_await std::move(work);
    } catch (const std::bad_alloc&) {
    }
    co_return errc::store_unavailable;
}

}  // namespace latchkey
