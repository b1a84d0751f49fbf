// J6 over real sockets and SQLite: fifty programs come with one refresh token, over and over. Each round has one
// outcome, and whoever replays a token ends its session, every time.
#include "bare_server.hpp"
#include "expectations.hpp"
#include "program_shim.hpp"
#include "sanitizer.hpp"
#include "token_key.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <barrier>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::test {
namespace {

class token_replay : public ::testing::Test {
protected:
    static constexpr std::size_t crowd = 50;
    static constexpr std::chrono::seconds beyond_grace{31};

    static server_setup setup_with(const std::string& key_file) {
        make_token_key(key_file);
        server_setup out;
        out.start = false;
        out.config["tokens.enabled"] = "true";
        out.config["tokens.key_file"] = '"' + key_file + '"';
        out.config["log.level"] = "\"error\"";
        return out;
    }
    bool can_replay() const { return program_shim::unusable().empty(); }  // by a clock that is moved

    std::string log_in() const {
        return json_of(home_.ask(post_form(
            "/token",
            {{"grant_type", "password"}, {"username", bob().email}, {"password", bob().password}})))["refresh_token"];
    }

    temp_dir keys_;
    latchkey_server home_{setup_with(keys_ / "key.pem")};
    program_shim shim_{home_.directory() / "latchkey.db"};
    bare_server server_{home_, can_replay() ? shim_.environment() : std::map<std::string, std::string>()};
};

TEST_F(token_replay, fifty_programs_have_one_outcome_and_a_replay_ends_it) {
    server_.start();
    const int rounds = under_sanitizer() ? 30 : 300;
    constexpr int replay_every = 10;
    std::string shown;
    bool stop = false;
    std::vector<http_response> answers(crowd);
    std::barrier turn(static_cast<std::ptrdiff_t>(crowd + 1));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < crowd; ++i)
        threads.emplace_back([&, i] {
            auto connection = home_.connect();
            for (;;) {
                turn.arrive_and_wait();
                if (stop)
                    return;
                try {
                    answers[i] = connection.ask(
                        post_form("/token", {{"grant_type", "refresh_token"}, {"refresh_token", shown}}));
                } catch (const std::exception&) {
                    answers[i] = {};
                }
                turn.arrive_and_wait();
            }
        });
    const auto all_show = [&](const std::string& token) {
        shown = token;
        turn.arrive_and_wait();
        turn.arrive_and_wait();
    };
    const auto expect_all = [&](int status) {
        for (const auto& answer : answers)
            EXPECT_EQ(answer.status, status) << answer.body;
    };
    auto current = log_in();
    int replays = 0;
    for (int round = 1; round <= rounds && !HasFailure(); ++round) {
        const auto before = current;
        all_show(before);
        expect_all(200);
        std::set<std::string> successors;
        for (const auto& answer : answers)
            if (answer.status == 200)
                successors.insert(json_of(answer)["refresh_token"]);
        EXPECT_EQ(successors.size(), 1U) << "round " << round;
        if (successors.empty())
            break;
        current = *successors.begin();
        if (!can_replay() || round % replay_every != 0)
            continue;
        shim_.pass_time(beyond_grace);
        all_show(before);
        expect_all(400);
        all_show(current);  // whoever of them it was, it is over for all
        expect_all(400);
        ++replays;
        current = log_in();
    }
    stop = true;
    turn.arrive_and_wait();
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(replays, can_replay() ? rounds / replay_every : 0);
    EXPECT_EQ(server_.stop(), 0);
}

}  // namespace
}  // namespace latchkey::test
