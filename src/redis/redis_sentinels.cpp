#include "redis_sentinels.hpp"

#include "redis_greeting.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace latchkey {
namespace {

using sentinel_clock = std::chrono::steady_clock;

constexpr milliseconds least_share{50};

}  // namespace

redis_sentinels::redis_sentinels(boost::asio::io_context& io, redis_sentinel_options options)
    : io_(io), options_(std::move(options)) {
}

task<redis_sentinels::answer> redis_sentinels::find_master(milliseconds within) {
    answer out;
    const std::size_t many = options_.at.size();
    const auto share = std::max(least_share, within / static_cast<int>(std::max<std::size_t>(many, 1)));
    std::string faults;
    for (std::size_t i = 0; i < many && !stopped_; ++i) {
        const std::size_t at = (first_ + i) % many;
        const redis_url& sentinel = options_.at[at];
        const auto until = sentinel_clock::now() + share;
        out = co_await ask(sentinel, until);
        if (out.fault.empty()) {
            first_ = at;
            co_return out;
        }
        faults += (faults.empty() ? "" : "; ") + sentinel.host + ':' + sentinel.port + ' ' + out.fault;
    }
    out.fault = "no sentinel tells where " + options_.master + " is: " + faults;
    co_return out;
}

void redis_sentinels::doubt() noexcept {
    if (!options_.at.empty())
        first_ = (first_ + 1) % options_.at.size();
}

void redis_sentinels::give_up() noexcept {
    if (link_)
        link_->end("given up");
}

void redis_sentinels::stop() noexcept {
    stopped_ = true;
    give_up();
}

task<redis_sentinels::answer> redis_sentinels::ask(const redis_url& sentinel, redis_link::time_point until) {
    answer out;
    auto stream = make_redis_stream(io_, sentinel, options_.ca_file);
    const auto link = std::make_shared<redis_link>(io_, std::move(stream));
    link_ = link;
    co_await link->open(until);
    auto told = co_await put(*link, until);
    if (told && told->is_error("NOAUTH") && options_.password) {
        out.fault = co_await sign_in(*link, options_.user, *options_.password, until);
        if (out.fault.empty())
            told = co_await put(*link, until);
    }
    if (out.fault.empty()) {
        if (!told)
            out.fault = link->why().empty() ? "did not answer" : link->why();
        else if (told->is_error())
            out.fault = "answered: " + told->text;
        else if (!told->is_list(2))
            out.fault = "knows no master of that name";
        else {
            out.host = told->items[0].text;
            out.port = told->items[1].text;
        }
    }
    link->end("done");
    link_.reset();
    co_return out;
}

task<result<redis_reply>> redis_sentinels::put(redis_link& link, redis_link::time_point until) {
    std::string question = redis_command({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", options_.master});
    co_return co_await link.ask(std::move(question), until);
}

}  // namespace latchkey
