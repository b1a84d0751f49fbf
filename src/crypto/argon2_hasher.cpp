#include "argon2_hasher.hpp"

#include "phc.hpp"
#include "tokens.hpp"

#include <sodium.h>

#include <array>
#include <bit>
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
        : workers_(workers), parameters_(parameters), nobodys_(hash_nobody_knows(parameters)) {}

    task<result<verification>> verify(const secret& password, std::string phc, client_prefix client) override {
        const bool known = !phc.empty();
        // Not worth a place in the queue.
        if (known && parse_phc(phc).has_error())
            co_return errc::unsupported_hash;

        auto work = [this, &password, &phc, known] {
            return verify_password(password, known ? phc : nobodys_, parameters_);
        };
        auto answer = co_await offload(workers_, flows_.of(client), std::move(work));
        if (answer && !known)
            co_return verification{};
        co_return answer;
    }

    task<result<std::string>> hash(const secret& password, client_prefix client) override {
        auto work = [this, &password] { return hash_password(password, parameters_); };
        co_return co_await offload(workers_, flows_.of(client), std::move(work));
    }

    bool saturated(const client_prefix& client) const noexcept override { return workers_.full(flows_.of(client)); }

private:
    worker_pool& workers_;
    const argon2_parameters parameters_;
    const std::string nobodys_;
    const client_flows flows_;
};

}  // namespace

std::unique_ptr<password_hasher> make_password_hasher(worker_pool& workers, const argon2_parameters& parameters) {
    return std::make_unique<argon2_hasher>(workers, parameters);
}

}  // namespace latchkey
