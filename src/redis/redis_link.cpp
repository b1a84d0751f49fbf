#include "redis_link.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <new>
#include <utility>

#include <openssl/crypto.h>

namespace latchkey {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t most_unsent = 64 * 1024 * 1024;
constexpr std::size_t usual_batch = 1024 * 1024;  // more than that is given back

// Errors that say: not who should answer, or not yet. By now another may be behind that name.
constexpr std::array<std::string_view, 4> wrong_server{"READONLY", "LOADING", "MASTERDOWN", "UNBLOCKED"};

}  // namespace

redis_link::redis_link(asio::io_context& io, std::shared_ptr<redis_stream> stream)
    : stream_(std::move(stream)), limit_(io), overdue_(io), end_(io) {
}

task<void> redis_link::open(time_point until) {
    const auto self = shared_from_this();
    limit_.expires_at(until);
    limit_.async_wait([self](error_code cancelled) {
        // It may have been on its way while the connection was made.
        if (!cancelled && self->connecting_)
            self->end("no connection within the time-out");
    });
    const error_code error = co_await stream_->connect(until);
    connecting_ = false;
    limit_.cancel();
    if (error)
        end_for(error);
    else
        read();
}

task<result<redis_reply>> redis_link::ask(std::string command, time_point until, bool confidential) {
    const auto self = shared_from_this();
    auto start = [this, until, confidential](redis_request& request) noexcept {
        request.deadline = until;
        request.confidential = confidential;
        send(request);
    };
    co_return co_await await_reply(std::move(command), start);
}

void redis_link::send(redis_request& request) noexcept {
    if (ended_ || unsent_.size() + request.bytes.size() > most_unsent)
        return request.finish();
    try {
        unsent_.reserve(unsent_.size() + request.bytes.size());
        if (!sent_.empty())
            request.deadline = std::max(request.deadline, sent_.back()->deadline);
        sent_.push_back(&request);
    } catch (const std::bad_alloc&) {
        return request.finish();
    }
    unsent_ += request.bytes;
    wipe_ = wipe_ || request.confidential;
    std::string().swap(request.bytes);
    flush();
    watch();
}

void redis_link::flush() noexcept {
    if (ended_ || writing_ || unsent_.empty())
        return;
    guarded([this] {
        std::swap(unsent_, under_way_);
        writing_ = true;
        stream_->write(asio::buffer(under_way_),
                       [self = shared_from_this()](error_code error, std::size_t) { self->written(error); });
    });
}

void redis_link::written(error_code error) noexcept {
    writing_ = false;
    if (wipe_)
        OPENSSL_cleanse(under_way_.data(), under_way_.size());
    wipe_ = wipe_ && !unsent_.empty();
    under_way_.clear();
    if (under_way_.capacity() > usual_batch)
        std::string().swap(under_way_);
    if (error)
        return end_for(error);
    flush();
}

void redis_link::read() noexcept {
    if (ended_)
        return;
    guarded([this] {
        stream_->read_some(asio::buffer(incoming_), [self = shared_from_this()](error_code error, std::size_t size) {
            if (error)
                return self->end_for(error);
            self->guarded([&] { self->take({self->incoming_.data(), size}); });
            self->read();
        });
    });
}

void redis_link::take(std::string_view bytes) {
    bool broken = !reader_.feed(bytes);
    while (!broken && !ended_) {
        auto reply = reader_.next(broken);
        if (!reply)
            break;
        broken = sent_.empty();
        if (broken)
            break;
        redis_request& answered = *sent_.front();
        sent_.pop_front();
        const bool wrong = std::any_of(wrong_server.begin(), wrong_server.end(),
                                       [&](std::string_view code) { return reply->is_error(code); });
        if (wrong)
            end(reply->text);
        else
            answered.outcome = std::move(*reply);
        answered.finish();
    }
    if (broken)
        end("what came is not of Redis");
    watch();
}

// One timer, for the first: nobody in the row is due before it. The next one may be due before the timer that was set
// for one that was meant to wait.
void redis_link::watch() noexcept {
    if (ended_ || sent_.empty())
        return;
    const time_point due = sent_.front()->deadline;
    if (armed_ && *armed_ <= due)
        return;
    guarded([this, due] {
        overdue_.expires_at(due);
        armed_ = due;
        overdue_.async_wait([self = shared_from_this()](error_code replaced) {
            if (replaced)
                return;
            self->armed_.reset();
            if (!self->sent_.empty() && self->sent_.front()->deadline <= std::chrono::steady_clock::now())
                self->end("no answer within the time-out");
            self->watch();
        });
    });
}

task<void> redis_link::ended(time_point until) {
    const auto self = shared_from_this();
    while (!ended_ && std::chrono::steady_clock::now() < until) {
        end_.expires_at(until);
        error_code ignored;
        co_await end_.async_wait(asio::redirect_error(use_task, ignored));
    }
}

void redis_link::end(std::string_view why) noexcept {
    if (ended_)
        return;
    ended_ = true;
    try {
        why_ = why;
    } catch (const std::bad_alloc&) {
    }
    stream_->close();
    limit_.cancel();
    overdue_.cancel();
    end_.cancel();
    if (wipe_)
        OPENSSL_cleanse(unsent_.data(), unsent_.size());
    while (!sent_.empty()) {
        redis_request& first = *sent_.front();
        sent_.pop_front();
        first.finish();
    }
}

void redis_link::end_for(error_code error) noexcept {
    guarded([&] {
        const std::string why = error.message();
        end(why);
    });
}

// Without memory a connection is of no use.
template <class Step>
void redis_link::guarded(Step step) noexcept {
    try {
        step();
    } catch (const std::bad_alloc&) {
        end("out of memory");
    }
}

}  // namespace latchkey
