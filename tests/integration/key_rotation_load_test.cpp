// J7 under load: programs refresh and show their tokens, the new one and the one before, while `latchkey key …` changes
// the keys of the running server. None is refused.
#include "expectations.hpp"
#include "latchkey_server.hpp"
#include "sanitizer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::test {
namespace {

class key_rotation_load : public testing::TestWithParam<std::string> {
protected:
    static constexpr std::size_t programs = 6;

    key_rotation_load() {
        server_setup setup;
        setup.start = false;
        setup.config["tokens.enabled"] = "true";
        setup.config["tokens.algorithm"] = '"' + GetParam() + '"';
        server_ = std::make_unique<latchkey_server>(setup);
        EXPECT_EQ(server_->command({"key", "generate"}).status, 0);
        server_->start();
    }
    ~key_rotation_load() override {
        stop_ = true;
        for (auto& thread : threads_)
            thread.join();
    }

    void launch() {
        for (std::size_t i = 0; i < programs; ++i)
            threads_.emplace_back([this, i] { refresh_for_ever(i); });
    }

    // So that whatever a program has, or had before, was signed by the key of now.
    void let_all_refresh(std::uint64_t times) {
        for (auto& count : refreshed_) {
            const auto until = count.load() + times;
            for (auto now = count.load(); now < until && refusals_ == 0; now = count.load())
                count.wait(now);
        }
    }
    void change(const char* how) const {
        const auto done = server_->command({"key", how, "--force"});
        EXPECT_EQ(done.status, 0) << done.errors;
    }

    std::unique_ptr<latchkey_server> server_;
    std::array<std::atomic<std::uint64_t>, programs> refreshed_{};
    std::array<std::set<std::string>, programs> headers_;  // of the tokens that each was given
    std::atomic<int> refusals_{0};

private:
    void refuse(std::size_t program, const std::string& what) {
        refusals_.fetch_add(1);
        ADD_FAILURE() << "program " << program << ": " << what;
        refreshed_[program].fetch_add(1'000'000);
        refreshed_[program].notify_all();
    }

    void refresh_for_ever(std::size_t program) {
        const auto& who = program % 2 == 0 ? alice() : bob();
        try {
            auto connection = server_->connect();
            auto pair = json_of(connection.ask(post_form(
                "/token", {{"grant_type", "password"}, {"username", who.email}, {"password", who.password}})));
            while (!stop_ && refusals_ == 0) {
                const std::string before = pair["access_token"];
                const auto next = connection.ask(
                    post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", pair["refresh_token"]}}));
                if (next.status != 200)
                    return refuse(program, "refresh: " + next.body);
                pair = json_of(next);
                const std::string access = pair["access_token"];
                headers_[program].insert(access.substr(0, access.find('.')));
                for (const auto& token : {access, before}) {
                    const auto shown = connection.ask(get("/sessions/whoami", {{"Authorization", "Bearer " + token}}));
                    if (shown.status != 200)
                        return refuse(program, (token == before ? "the old token: " : "the new token: ") + shown.body);
                }
                refreshed_[program].fetch_add(1);
                refreshed_[program].notify_all();
            }
        } catch (const std::exception& e) {
            refuse(program, e.what());
        }
    }

    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

TEST_P(key_rotation_load, refuses_nobody) {
    launch();
    let_all_refresh(3);
    const int rotations = under_sanitizer() ? 2 : 4;
    for (int i = 0; i < rotations && refusals_ == 0; ++i) {
        change("rotate");
        let_all_refresh(2);
        change("retire");
        let_all_refresh(2);
    }
    EXPECT_EQ(refusals_, 0);
    for (const auto& seen : headers_)
        EXPECT_EQ(seen.size(), static_cast<std::size_t>(rotations) + 1) << "a rotation that nobody met";
}

INSTANTIATE_TEST_SUITE_P(every, key_rotation_load, testing::Values("EdDSA", "ES256", "HS256"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace latchkey::test
