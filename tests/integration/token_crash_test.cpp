// J6: a refresh token is used once, and nobody is locked out by a crash between its use and the answer. The program is
// killed, over and over, while tokens are refreshed by two at a time, and sessions are given back; power cuts take away
// what it had not synced. Every holder then asks again with the newest token that it has seen.
//
// LATCHKEY_CRASH_CYCLES and LATCHKEY_CRASH_SEED override how often and with what seed: scripts/crash.
#include "bare_server.hpp"
#include "expectations.hpp"
#include "program_shim.hpp"
#include "sanitizer.hpp"
#include "token_key.hpp"
#include "write_record.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

namespace latchkey::test {
namespace {

http_request token_form(const std::string& path, const std::string& body) {
    return {"POST", path, {{"Content-Type", "application/x-www-form-urlencoded"}}, body};
}

http_request refresh_request(const std::string& token) {
    return token_form("/token", "grant_type=refresh_token&refresh_token=" + token);
}

test_user holder(std::size_t number) {
    return {"holder" + std::to_string(number) + "@example.com", "nine-Green-bottles-" + std::to_string(number), "", ""};
}

// What is known of one login, by its answers alone. Thread-safe.
class token_chain {
public:
    void begin(const std::string& token, const std::string& access) {
        const std::lock_guard lock(mutex_);
        current_ = token;
        access_ = access;
        given_back_ = may_be_gone_ = false;
    }
    // What to send now.
    struct request {
        std::string token;
        bool given_back = false;  // the session had been, and that was acknowledged
    };
    request next_request() const {
        const std::lock_guard lock(mutex_);
        return {current_, given_back_};
    }
    std::string current() const { return next_request().token; }
    std::string access() const {
        const std::lock_guard lock(mutex_);
        return access_;
    }
    // Nothing, or what is wrong with this answer.
    std::string answered(const request& sent, const http_response& response) {
        const std::lock_guard lock(mutex_);
        if (response.status >= 500)
            return "";
        if (response.status != 200)
            return may_be_gone_ ? "" : "locked out: " + std::to_string(response.status) + ' ' + response.body;
        if (sent.given_back)
            return "a session that was given back is refreshed";
        const auto pair = json_of(response);
        const std::string next = pair["refresh_token"];
        const auto [known, fresh] = successors_.emplace(sent.token, next);
        if (!fresh && known->second != next)
            return "two successors of one token";
        if (sent.token == current_) {
            current_ = next;
            access_ = pair["access_token"];
        }
        return "";
    }
    void about_to_be_given_back() {
        const std::lock_guard lock(mutex_);
        may_be_gone_ = true;
    }
    void gave_back(int status) {
        const std::lock_guard lock(mutex_);
        given_back_ = given_back_ || status == 200;
    }
    bool may_be_gone() const {
        const std::lock_guard lock(mutex_);
        return may_be_gone_;
    }
    std::size_t used() const {
        const std::lock_guard lock(mutex_);
        return successors_.size();
    }

private:
    mutable std::mutex mutex_;
    std::string current_, access_;
    std::map<std::string, std::string> successors_;
    bool may_be_gone_ = false, given_back_ = false;
};

class token_crash : public ::testing::Test {
protected:
    static constexpr std::size_t holders = 4;
    static inline unsigned cycles = under_sanitizer() ? 5 : 30;
    static inline unsigned first_seed = 0;

    // Taken out of the environment: the program would refuse a LATCHKEY_… variable that it does not know.
    static void SetUpTestSuite() {
        cycles = from_environment("LATCHKEY_CRASH_CYCLES", cycles);
        first_seed = from_environment("LATCHKEY_CRASH_SEED", std::random_device{}());
        std::cout << "LATCHKEY_CRASH_SEED=" << first_seed << std::endl;
    }
    static unsigned from_environment(const char* name, unsigned otherwise) {
        const char* const text = std::getenv(name);
        const unsigned value = text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
        ::unsetenv(name);
        return value;
    }

    static server_setup setup_with(const std::string& key_file) {
        make_token_key(key_file);
        server_setup out;
        out.start = false;
        out.users.clear();
        for (std::size_t i = 0; i < holders; ++i)
            out.users.push_back(holder(i));
        out.config["tokens.enabled"] = "true";
        out.config["tokens.key_file"] = '"' + key_file + '"';
        out.config["log.level"] = "\"error\"";
        return out;
    }
    std::map<std::string, std::string> shim_environment() {
        if (!program_shim::unusable().empty())
            return {};
        const auto database = home_.directory() / "latchkey.db";
        shim_.emplace(database);
        record_.emplace(database, shim_->record_writes());
        return shim_->environment();
    }

    void log_in(std::size_t number) {
        const auto who = holder(number);
        const auto response =
            home_.ask(token_form("/token", "grant_type=password&username=" + who.email + "&password=" + who.password));
        ASSERT_EQ(response.status, 200) << response.body;
        chains_[number].begin(json_of(response)["refresh_token"], json_of(response)["access_token"]);
    }
    void fault(std::size_t number, const std::string& what) {
        if (what.empty())
            return;
        const std::lock_guard lock(mutex_);
        faults_.push_back("holder " + std::to_string(number) + ": " + what);
    }

    // Refreshes until the server is gone; one in `odds` gives the session back instead.
    void hold(std::size_t number, std::uint32_t seed, unsigned odds) {
        std::mt19937 random(seed);
        auto& chain = chains_[number];
        try {
            auto connection = home_.connect();
            while (!stop_ && !chain.may_be_gone()) {
                begun_.fetch_add(1);
                begun_.notify_all();
                const auto sent = chain.next_request();
                if (random() % odds == 0) {
                    chain.about_to_be_given_back();
                    chain.gave_back(connection.ask(token_form("/token/revoke", "token=" + sent.token)).status);
                } else {
                    fault(number, chain.answered(sent, connection.ask(refresh_request(sent.token))));
                }
            }
        } catch (const connection_ended&) {
        } catch (const std::system_error&) {
        }
        ended_.fetch_add(1);
        begun_.fetch_add(1'000'000);
        begun_.notify_all();
    }

    void work_until_killed(bool power_cut) {
        stop_ = false;
        begun_ = 0;
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < 2 * holders; ++i)
            threads.emplace_back([this, i, seed = static_cast<std::uint32_t>(random_())] {
                hold(i % holders, seed, i < holders ? 200 : 4'000'000);
            });
        const std::uint64_t end_at = 1 + random_() % 400;
        for (auto now = begun_.load(); now < end_at; now = begun_.load())
            begun_.wait(now);
        const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(random_() % 1'000);
        while (std::chrono::steady_clock::now() < until) {
        }
        server_.kill();
        stop_ = true;
        for (auto& thread : threads)
            thread.join();
        if (record_ && power_cut)
            record_->cut_power();
        else if (record_)
            record_->settle();
    }

    void check() {
        for (std::size_t i = 0; i < holders; ++i) {
            auto& chain = chains_[i];
            const auto sent = chain.next_request();
            const auto response = home_.ask(refresh_request(sent.token));
            fault(i, chain.answered(sent, response));
            const bool lives = response.status == 200;
            const std::string access = lives ? json_of(response)["access_token"].get<std::string>() : chain.access();
            const auto who = home_.ask({"GET", "/sessions", {{"Authorization", "Bearer " + access}}, {}});
            if (who.status != (lives ? 200 : 401))
                fault(i, "its access token is answered with " + std::to_string(who.status));
            else if (lives && json_of(who)["sessions"].size() != 1)
                fault(i, "it has " + std::to_string(json_of(who)["sessions"].size()) + " sessions");
            ++(lives ? alive_ : gone_);
            if (!lives)
                log_in(i);
            else if (chain.may_be_gone())  // the request to give it back came to nothing
                chain.begin(chain.current(), access);
        }
    }

    // A token that was used long ago ends its session, whenever the server was started.
    void expect_replay_to_end(std::size_t number, const std::string& old) {
        EXPECT_EQ(home_.ask(refresh_request(old)).status, 400);
        EXPECT_EQ(home_.ask(refresh_request(chains_[number].current())).status, 400);
    }

    temp_dir keys_;
    latchkey_server home_{setup_with(keys_ / "token-key.pem")};
    std::optional<program_shim> shim_;
    std::optional<write_record> record_;
    bare_server server_{home_, shim_environment()};
    std::array<token_chain, holders> chains_;
    std::mt19937 random_{first_seed};
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> begun_{0}, ended_{0};
    std::mutex mutex_;
    std::vector<std::string> faults_;
    std::size_t alive_ = 0, gone_ = 0;
};

TEST_F(token_crash, nobody_is_locked_out_and_no_token_has_two_successors) {
    server_.start();
    for (std::size_t i = 0; i < holders; ++i)
        log_in(i);
    unsigned cuts = 0;
    for (unsigned i = 0; i < cycles && faults_.empty(); ++i) {
        const bool power_cut = record_ && random_() % 2 == 0;
        cuts += power_cut ? 1 : 0;
        work_until_killed(power_cut);
        server_.start();
        check();
    }
    const auto old = chains_[0].current();
    for (int i = 0; i < 3; ++i)
        fault(0, chains_[0].answered(chains_[0].next_request(), home_.ask(refresh_request(chains_[0].current()))));
    server_.kill();
    if (record_)
        record_->settle();
    server_.start();
    expect_replay_to_end(0, old);
    EXPECT_EQ(server_.stop(), 0);

    std::size_t used = 0;
    for (const auto& chain : chains_)
        used += chain.used();
    std::cout << cycles << " cycles, " << cuts << " of them power cuts: " << used << " tokens used up, " << alive_
              << " holders let in again after a restart, " << gone_ << " sessions that had been given back, "
              << faults_.size() << " violations\n";
    for (const auto& what : faults_)
        ADD_FAILURE() << what;
    EXPECT_GT(used, cycles);
}

}  // namespace
}  // namespace latchkey::test
