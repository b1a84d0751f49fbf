// The session store over a real Redis: one that writes everything down before it answers where that is what is tested,
// and one that keeps all in memory, as it is so much faster, for the rest.
#include "deadline.hpp"
#include "recording_logger.hpp"
#include "redis_process.hpp"
#include "redis_session_store.hpp"
#include "session_store_contract.hpp"

#include <stdexcept>

namespace latchkey::testing {
namespace {

// One of a kind for all tests of a process; each backing has a prefix of its own.
test::redis_process& durable() {
    static test::redis_process redis(test::durable_redis());
    return redis;
}
test::redis_process& quick() {
    static test::redis_process redis;
    return redis;
}

class with_redis final : public session_store_backing {
public:
    explicit with_redis(test::redis_process& server) : redis_(server) {
        static int count = 0;
        prefix_ = "test" + std::to_string(++count) + ":";
    }
    ~with_redis() override { revive(); }

    std::unique_ptr<session_store> open(const session_options& options, const clock& now,
                                        revocation_log* revoked) override {
        revive();
        redis_session_store_options how;
        how.sessions = options;
        how.redis.prefix = prefix_;
        how.client.url = parse_redis_url(redis_.url()).url;
        how.client.timeout = milliseconds{10'000};
        auto store = make_redis_session_store(std::move(how), now, log_, revoked);
        for (const test::deadline until; !store->ready();)
            if (until.passed())
                throw std::runtime_error("the store does not become ready: " + log_.text());
        opened_ = store.get();
        return store;
    }

    // The server of the sessions is killed, and with it what it had not written.
    void cut_off() override {
        redis_.kill();
        killed_ = true;
    }
    void fail(bool on) override { tell({"CONFIG", "SET", "min-replicas-to-write", on ? "3" : "0"}); }
    void sweep_all(session_store& store) override {
        store.sweep();
        for (int quiet = 0; quiet < 3;)
            quiet = run_.await(opened_->upkeep()).value() == 0 ? quiet + 1 : 0;
    }

private:
    void revive() {
        if (std::exchange(killed_, false))
            redis_.start();
    }
    void tell(const std::vector<std::string_view>& words) {
        redis_client_options options;
        options.url = parse_redis_url(redis_.url()).url;
        options.name = "test";
        redis_client client(options, log_);
        if (const auto reply = run_.await(client.ask(redis_command(words))); !reply || reply->is_error())
            throw std::runtime_error("Redis does not obey");
    }

    test::redis_process& redis_;
    std::string prefix_;
    recording_logger log_;
    redis_session_store* opened_ = nullptr;
    bool killed_ = false;
    runner run_;
};

session_store_factory factory(test::redis_process& (*server)()) {
    return {"redis", [server] { return std::make_unique<with_redis>(server()); }, true, 2'000, seconds{15}};
}
const auto name_of_redis = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(shared, session_store_contract, ::testing::Values(factory(quick)), name_of_redis);
INSTANTIATE_TEST_SUITE_P(shared, session_store_model, ::testing::Values(factory(quick)), name_of_redis);
INSTANTIATE_TEST_SUITE_P(shared, session_store_concurrent, ::testing::Values(factory(quick)), name_of_redis);
INSTANTIATE_TEST_SUITE_P(shared, session_store_durable, ::testing::Values(factory(durable)), name_of_redis);

}  // namespace
}  // namespace latchkey::testing
