// Runs a coroutine to its end on an io_context of its own and returns what it returned.
#pragma once

#include <latchkey/async.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace latchkey::testing {

// A thread's own io_context, for many short awaits.
class runner {
public:
    template <class T>
    T await(task<T> work) {
        std::optional<T> out;
        std::exception_ptr error;
        boost::asio::co_spawn(io_, keep(std::move(work), out), [&error](std::exception_ptr e) { error = e; });
        io_.restart();
        io_.run();
        if (error)
            std::rethrow_exception(error);
        return *std::move(out);
    }

private:
    template <class T>
    static task<void> keep(task<T> work, std::optional<T>& out) {
        out.emplace(co_await std::move(work));
    }

    boost::asio::io_context io_{1};
};

}  // namespace latchkey::testing
