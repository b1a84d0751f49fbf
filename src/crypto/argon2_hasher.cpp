#include "argon2_hasher.hpp"

#include "phc.hpp"
#include "tokens.hpp"

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

class argon2_hasher final : public password_hasher {
public:
    argon2_hasher(worker_pool& workers, const argon2_parameters& parameters)
        : workers_(workers), parameters_(parameters), nobodys_(hash_nobody_knows(parameters)) {}

    task<result<verification>> verify(const secret& password, std::string phc, client_prefix) override {
        const bool known = !phc.empty();
        // Not worth a place in the queue.
        if (known && parse_phc(phc).has_error())
            co_return errc::unsupported_hash;

        auto work = [this, &password, &phc, known] {
            return verify_password(password, known ? phc : nobodys_, parameters_);
        };
        auto answer = co_await offload(workers_, std::move(work));
        if (answer && !known)
            co_return verification{};
        co_return answer;
    }

    task<result<std::string>> hash(const secret& password, client_prefix) override {
        auto work = [this, &password] { return hash_password(password, parameters_); };
        co_return co_await offload(workers_, std::move(work));
    }

    bool saturated(const client_prefix&) const noexcept override { return workers_.full(); }

private:
    worker_pool& workers_;
    const argon2_parameters parameters_;
    const std::string nobodys_;
};

}  // namespace

std::unique_ptr<password_hasher> make_password_hasher(worker_pool& workers, const argon2_parameters& parameters) {
    return std::make_unique<argon2_hasher>(workers, parameters);
}

}  // namespace latchkey
