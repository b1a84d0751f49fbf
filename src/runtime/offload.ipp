// The template half of worker_pool.hpp.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>

namespace latchkey {
namespace detail {

template <class Work, class Handler>
class offloaded final : public worker_pool::job {
public:
    using outcome = std::invoke_result_t<Work&>;

    offloaded(Work& work, std::optional<outcome>& out, std::exception_ptr& error, executor home)
        : work_(work), out_(out), error_(error), home_(std::move(home)) {}

    void resume_with(Handler handler) { handler_.emplace(std::move(handler)); }

    void run() noexcept override {
        try {
            out_.emplace(work_());
        } catch (...) {
            error_ = std::current_exception();
        }
    }

    void finish() noexcept override { resume(); }

    void refuse() noexcept override {
        out_.emplace(errc::overloaded);
        resume();
    }

private:
    void resume() noexcept {
        // The frame that holds *this may be gone as soon as the home thread runs: touch nothing after the post.
        Handler handler = std::move(*handler_);
        executor home = home_;
        ticket_.bring(home, std::move(handler));
    }

    Work& work_;
    std::optional<outcome>& out_;
    std::exception_ptr& error_;
    executor home_;
    std::optional<Handler> handler_;
    return_ticket ticket_;
};

}  // namespace detail

template <class Work>
task<std::invoke_result_t<Work&>> offload(worker_pool& pool, worker_pool::flow_id flow, Work work) {
    using token = std::remove_const_t<decltype(use_task)>;
    using handler = typename boost::asio::async_result<token, void()>::handler_type;
    using job = detail::offloaded<Work, handler>;

    executor home = co_await boost::asio::this_coro::executor;
    std::optional<std::invoke_result_t<Work&>> out;
    std::exception_ptr error;
    job waiting(work, out, error, home);

    auto start = [&pool, &waiting, flow](handler resume) {
        waiting.resume_with(std::move(resume));
        if (!pool.try_post(waiting, flow))
            static_cast<worker_pool::job&>(waiting).refuse();
    };
    co_await boost::asio::async_initiate<const token, void()>(start, use_task);

    if (error)
        std::rethrow_exception(error);
    co_return std::move(*out);
}

template <class Work>
task<std::invoke_result_t<Work&>> offload(worker_pool& pool, Work work) {
    return offload(pool, worker_pool::flow_id{0}, std::move(work));
}

}  // namespace latchkey
