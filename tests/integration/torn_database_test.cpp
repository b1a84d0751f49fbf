// D2: a database that was cut off or overwritten anywhere opens to a consistent prefix of what happened, or the server
// refuses to start and says why. It never crashes, hangs, revives what was ended, or answers 5xx for ever.
//
// A short history is played once; then the server is started on many damaged copies of the files that it left.
#include "bare_server.hpp"
#include "expectations.hpp"
#include "sanitizer.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <random>
#include <set>

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::size_t stride = under_sanitizer() ? 9 : 1;  // of the places where a file is cut
const int random_places = under_sanitizer() ? 6 : 16;

constexpr std::size_t log_header = 32, frame_header = 24, page_size = 4096;  // SQLite's; the test checks them

using cookie_set = std::set<std::string>;

// Two users' acts, one after the other: which cookies were alive after each, and how long the log was.
class torn_database : public testing::Test {
protected:
    struct moment {
        cookie_set alive;
        std::size_t log_size = 0;
        cookie_set on_the_way;  // to the next one: half of an act that nobody has acknowledged
    };

    torn_database() : home_(setup()), server_(home_) { server_.start(); }

    static server_setup setup() {
        server_setup out;
        out.start = false;
        out.config["log.level"] = "\"error\"";
        return out;
    }

    std::string path(const char* suffix = "") const { return home_.directory() / "latchkey.db" + suffix; }

    void remember() {
        const bool logged = std::filesystem::exists(path("-wal"));
        history_.push_back({alive_, logged ? std::filesystem::file_size(path("-wal")) : 0, alive_});
    }
    std::string log_in(const test_user& user) {
        const auto cookie = home_.login(user);
        ever_.insert(cookie);
        alive_.insert(cookie);
        remember();
        return cookie;
    }
    void act(const http_request& request, int status, const cookie_set& dead, const std::string& rotated = {}) {
        const auto response = home_.ask(request);
        ASSERT_EQ(response.status, status) << request.target << ": " << response.body;
        for (const auto& cookie : dead)
            alive_.erase(cookie);
        if (!rotated.empty()) {
            alive_.erase(rotated);
            alive_.insert(cookie_of(response));
            ever_.insert(cookie_of(response));
        }
        remember();
    }

    void play() {
        remember();
        const auto a = log_in(alice()), b = log_in(bob()), c = log_in(alice()), d = log_in(alice());
        act({"POST", "/logout", with_cookie(a), {}}, 204, {a});
        act({"POST", "/logout", with_cookie(b), {}}, 204, {b});
        const auto e = log_in(bob()), f = log_in(alice());
        act(post_json("/sessions/reauthenticate", R"({"password":")" + bob().password + "\"}", with_cookie(e)), 204, {},
            e);
        act({"DELETE", "/sessions", with_cookie(d), {}}, 200, {c, f});
        log_in(alice());
        // The new password and the end of the others is one change, the new cookie another.
        const auto others = alive_of_alice_but(d);
        for (const auto& cookie : others)
            history_.back().on_the_way.erase(cookie);
        act(post_json("/password",
                      R"({"current_password":")" + alice().password + R"(","new_password":"late-Summer-rain"})",
                      with_cookie(d)),
            204, others, d);
        log_in(bob());
    }
    // Alice's live sessions are those that whoami says are hers.
    cookie_set alive_of_alice_but(const std::string& spare) const {
        cookie_set out;
        for (const auto& cookie : alive_)
            if (cookie != spare &&
                json_of(home_.ask(get("/sessions/whoami", with_cookie(cookie))))["user"]["email"] == alice().email)
                out.insert(cookie);
        return out;
    }

    // The files as they are now; later cases start from them.
    void keep_files() {
        main_ = read_whole_file(path());
        log_ = std::filesystem::exists(path("-wal")) ? read_whole_file(path("-wal")) : "";
    }

    struct result {
        bool started = false;
        cookie_set alive;
    };
    // Starts the server on these files. Fails the test for anything but a clean start or a clear refusal.
    result open(const std::string& main, const std::string& log, const std::string& label) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, label);
        std::filesystem::remove(path("-shm"));
        std::filesystem::remove(path("-wal"));
        write_file(path(), main);
        if (!log.empty())
            write_file(path("-wal"), log);
        result out;
        server_.launch();
        out.started = server_.wait_until_ready();
        if (out.started) {
            ++started_;
            ask_for_sessions(out);
        } else {
            ++refused_;
            expect_clear_refusal();
        }
        server_.kill();
        return out;
    }
    void ask_for_sessions(result& out) const {
        auto client = home_.connect();
        for (const auto& cookie : ever_) {
            const auto status = client.ask(get("/sessions/whoami", with_cookie(cookie))).status;
            EXPECT_TRUE(status == 200 || status == 401) << status;
            if (status == 200)
                out.alive.insert(cookie);
        }
        for (const auto& user : {alice(), bob()}) {
            const auto login = client.ask(login_request(user));
            EXPECT_TRUE(login.status == 200 || login.status == 401) << login.status << ' ' << login.body;
            if (login.status == 200) {
                EXPECT_EQ(client.ask({"POST", "/logout", with_cookie(cookie_of(login)), {}}).status, 204);
            }
        }
    }
    void expect_clear_refusal() {
        EXPECT_EQ(server_.wait(), 3) << server_.errors();
        EXPECT_THAT(server_.complaints(), ElementsAre(HasSubstr("latchkey.db"))) << "one sentence, for the operator";
    }

    // The sessions are those of one moment, and of none before the last one whose log survived as a whole.
    void expect_prefix(const result& found, std::size_t intact_log, const std::string& label) const {
        if (!found.started)
            return;
        bool allowed = false;
        for (std::size_t i = 0; i < history_.size(); ++i) {
            const bool too_old = i + 1 < history_.size() && history_[i + 1].log_size <= intact_log;
            const auto& one = history_[i];
            allowed = allowed || (!too_old && (found.alive == one.alive || found.alive == one.on_the_way));
        }
        EXPECT_TRUE(allowed) << label << ": " << found.alive.size() << " sessions are alive, and never were together";
    }

    std::string garbage(std::size_t n) {
        std::string out(n, '\0');
        std::generate(out.begin(), out.end(), [this] { return static_cast<char>(random_()); });
        return out;
    }
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

    latchkey_server home_;
    bare_server server_;
    cookie_set alive_, ever_;
    std::vector<moment> history_;
    std::string main_, log_;
    std::mt19937 random_{20260101};
    int started_ = 0, refused_ = 0;
};

TEST_F(torn_database, log_cut_off_anywhere) {
    play();
    server_.kill();
    keep_files();
    ASSERT_GT(log_.size(), log_header) << "everything went into the database at once: this test must change";
    ASSERT_EQ((log_.size() - log_header) % (frame_header + page_size), 0U);
    ASSERT_EQ(open(main_, log_, "whole").alive, alive_);

    std::set<std::size_t> cuts{1, log_header - 1, log_header, log_.size() - 1};
    for (std::size_t at = log_header; at < log_.size(); at += stride * (frame_header + page_size))
        cuts.insert(at);
    for (int i = 0; i < random_places; ++i)
        cuts.insert(1 + below(log_.size() - 1));
    for (const auto cut : cuts) {
        const auto label = "log cut at " + std::to_string(cut) + " of " + std::to_string(log_.size());
        expect_prefix(open(main_, log_.substr(0, cut), label), cut, label);
    }
    EXPECT_EQ(refused_, 0) << "a log that ends early is what a crash leaves";
}

TEST_F(torn_database, log_overwritten_anywhere) {
    play();
    server_.kill();
    keep_files();
    for (int i = 0; i < random_places * 2; ++i) {
        auto log = log_;
        const auto at = below(log.size());
        const auto n = std::min(log.size() - at, 1 + below(i % 2 == 0 ? 16 : 2 * page_size));
        log.replace(at, n, garbage(n));
        const auto label = std::to_string(n) + " bytes of garbage in the log at " + std::to_string(at);
        expect_prefix(open(main_, log, label), at, label);
    }
    EXPECT_GT(started_, 0);
}

TEST_F(torn_database, file_cut_off_anywhere) {
    play();
    ASSERT_EQ(server_.stop(), 0);
    keep_files();
    ASSERT_TRUE(log_.empty()) << "a clean end leaves one file";
    ASSERT_EQ(main_.size() % page_size, 0U);
    ASSERT_EQ(open(main_, "", "whole").alive, alive_);
    std::set<std::size_t> cuts{0, 1, 99, 100, main_.size() - page_size + 1, main_.size() - 1};
    for (std::size_t at = page_size; at < main_.size(); at += stride * page_size)
        cuts.insert(at);
    for (int i = 0; i < random_places; ++i)
        cuts.insert(below(main_.size()));
    for (const auto cut : cuts) {
        const auto label = "file cut at " + std::to_string(cut) + " of " + std::to_string(main_.size());
        const auto found = open(main_.substr(0, cut), "", label);
        // To SQLite a file of no bytes, or of one, is a new database.
        EXPECT_TRUE(!found.started || cut <= 1) << label << ": nobody was told that data is missing";
        EXPECT_TRUE(std::includes(alive_.begin(), alive_.end(), found.alive.begin(), found.alive.end())) << label;
    }
    EXPECT_GT(refused_, 0);
}

// The file has no checksums: a row may come out changed. But nothing that was ended lives again.
TEST_F(torn_database, file_overwritten_anywhere) {
    play();
    ASSERT_EQ(server_.stop(), 0);
    keep_files();
    for (int i = 0; i < random_places * 2; ++i) {
        auto main = main_;
        const auto at = below(main.size());
        const auto n = std::min(main.size() - at, 1 + below(i % 2 == 0 ? 16 : 2 * page_size));
        main.replace(at, n, garbage(n));
        const auto label = std::to_string(n) + " bytes of garbage in the file at " + std::to_string(at);
        const auto found = open(main, "", label);
        EXPECT_TRUE(std::includes(alive_.begin(), alive_.end(), found.alive.begin(), found.alive.end())) << label;
    }
    std::cout << started_ << " starts, " << refused_ << " refusals\n";
    EXPECT_GT(refused_, 0);
}

// Pages that went to the file while the log was cut: what a power cut in the middle of a checkpoint can't leave, but a
// backup of two files taken one after the other can.
TEST_F(torn_database, file_and_log_of_different_moments) {
    play();
    const auto early_main = read_whole_file(path()), early_log = read_whole_file(path("-wal"));
    log_in(bob());
    ASSERT_EQ(server_.stop(), 0);
    keep_files();
    for (const auto& [main, log] : {std::pair(early_main, std::string()), std::pair(main_, early_log)}) {
        const auto found = open(main, log, "mixed");
        EXPECT_TRUE(std::includes(ever_.begin(), ever_.end(), found.alive.begin(), found.alive.end()));
    }
}

}  // namespace
}  // namespace latchkey::test
