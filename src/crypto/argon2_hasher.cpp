#include "argon2_hasher.hpp"

#include "hash_memory.hpp"
#include "phc.hpp"
#include "tokens.hpp"
#include "usual_times.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <sodium.h>

#include <array>
#include <bit>
#include <chrono>
#include <new>
#include <utility>

namespace latchkey {
namespace {

// A hash with today's parameters of a password that nobody knows. Comparing with it is the work of a real comparison.
std::string hash_nobody_knows(const argon2_parameters& parameters) {
    auto made = hash_password(new_session_token(), parameters);
    if (!made)
        throw std::bad_alloc();
    return *std::move(made);
}

// Numbers clients by SipHash under a key of this process: nobody outside can look for one that shares another's turns.
class client_flows {
public:
    client_flows() noexcept { crypto_shorthash_keygen(key_.data()); }

    worker_pool::flow_id of(const client_prefix& client) const noexcept {
        std::array<unsigned char, crypto_shorthash_BYTES> hash{};
        crypto_shorthash(hash.data(), client.network.bytes.data(), client.network.bytes.size(), key_.data());
        return std::bit_cast<worker_pool::flow_id>(hash);
    }

private:
    std::array<unsigned char, crypto_shorthash_KEYBYTES> key_{};
};

class argon2_hasher final : public password_hasher {
public:
    argon2_hasher(worker_pool& workers, const argon2_parameters& parameters)
        : workers_(workers),
          parameters_(parameters),
          nobodys_(hash_nobody_knows(parameters)),
          todays_(parse_phc(nobodys_).value()) {}

    task<result<verification>> verify(const secret& password, std::string phc, client_prefix client) override {
        const bool known = !phc.empty();
        const auto made_with = known ? parse_phc(phc) : result<phc_parameters>(todays_);
        // Not worth a place in the queue.
        if (!made_with)
            co_return errc::unsupported_hash;

        usual_times::duration took{0};
        auto work = [this, &password, &phc, &took, known] {
            const kept_hash_memory kept(parameters_.memory);
            const auto begin = steady::now();
            auto answer = verify_password(password, known ? phc : nobodys_, parameters_);
            took = steady::now() - begin;
            return answer;
        };
        auto answer = co_await offload(workers_, flows_.of(client), std::move(work));
        if (!answer)
            co_return answer.error();
        if (*made_with == todays_)
            times_.note(took);
        else
            co_await pause(times_.pick() - took);
        if (!known)
            co_return verification{};
        co_return answer;
    }

    task<result<std::string>> hash(const secret& password, client_prefix client) override {
        auto work = [this, &password] {
            const kept_hash_memory kept(parameters_.memory);
            return hash_password(password, parameters_);
        };
        co_return co_await offload(workers_, flows_.of(client), std::move(work));
    }

    bool saturated(const client_prefix& client) const noexcept override { return workers_.full(flows_.of(client)); }

private:
    using steady = std::chrono::steady_clock;

    // Without a worker: what is left of the time that others take.
    task<void> pause(usual_times::duration left) {
        if (left <= usual_times::duration{0})
            co_return;
        const auto end = steady::now() + left;
        executor home = co_await boost::asio::this_coro::executor;
        boost::asio::basic_waitable_timer<steady, boost::asio::wait_traits<steady>, executor> timer(home, end);
        boost::system::error_code ignored;
        co_await timer.async_wait(boost::asio::redirect_error(use_task, ignored));
        times_.note_lateness(steady::now() - end);
    }

    worker_pool& workers_;
    const argon2_parameters parameters_;
    const std::string nobodys_;
    const phc_parameters todays_;
    const client_flows flows_;
    usual_times times_;
};

}  // namespace

std::unique_ptr<password_hasher> make_password_hasher(worker_pool& workers, const argon2_parameters& parameters) {
    return std::make_unique<argon2_hasher>(workers, parameters);
}

}  // namespace latchkey
