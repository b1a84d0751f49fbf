#include "store_readiness.hpp"

namespace latchkey {
namespace {

class store_readiness final : public readiness {
public:
    store_readiness(user_store& users, worker_pool& database, const session_store& sessions)
        : users_(users), database_(database), sessions_(sessions) {}

    task<bool> ready() override {
        if (!sessions_.ready())
            co_return false;
        auto ask = [this] { return users_.ping(); };
        const auto answer = co_await offload(database_, std::move(ask));
        co_return answer.has_value();
    }

private:
    user_store& users_;
    worker_pool& database_;
    const session_store& sessions_;
};

}  // namespace

std::unique_ptr<readiness> make_store_readiness(user_store& users, worker_pool& database,
                                                const session_store& sessions) {
    return std::make_unique<store_readiness>(users, database, sessions);
}

}  // namespace latchkey
