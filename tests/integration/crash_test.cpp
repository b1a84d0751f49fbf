// D1, V4 (Keycloak CVE-2026-9802): acknowledged is durable. The program is killed, over and over, under concurrent
// logins, logouts, revocations, reauthentications and password changes; power cuts take away what it had not synced.
//
// LATCHKEY_CRASH_CYCLES and LATCHKEY_CRASH_SEED override how often and with what seed: scripts/crash.
#include "crash_client.hpp"
#include "crash_harness.hpp"
#include "expectations.hpp"
#include "postgres_process.hpp"
#include "redis_process.hpp"
#include "sanitizer.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <random>

namespace latchkey::test {
namespace {

const unsigned usual_cycles = under_sanitizer() ? 8 : 50;

// Taken out of the environment: the program would refuse a LATCHKEY_… variable that it does not know.
unsigned from_environment(const char* name, unsigned otherwise) {
    const char* text = std::getenv(name);
    const auto value = text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
    ::unsetenv(name);
    return value;
}

std::string first_of(const std::vector<std::string>& violations) {
    std::string out;
    for (std::size_t i = 0; i < std::min<std::size_t>(violations.size(), 10); ++i)
        out += "  " + violations[i] + '\n';
    return out;
}

void expect_all_to_hold(crash_backend* backend, const char* cycles_variable, unsigned otherwise) {
    const auto cycles = from_environment(cycles_variable, otherwise);
    crash_options options;
    options.backend = backend;
    options.seed = from_environment("LATCHKEY_CRASH_SEED", std::random_device{}());
    std::cout << "LATCHKEY_CRASH_SEED=" << options.seed << std::endl;
    crash_harness harness(options);
    for (unsigned i = 0; i < cycles && harness.ledger().violations().empty(); ++i)
        harness.cycle();
    harness.finish();
    std::cout << harness.report();
    EXPECT_TRUE(harness.ledger().violations().empty()) << first_of(harness.ledger().violations());
    EXPECT_GT(harness.ledger().counts()[0].acknowledged, 0U);
}

TEST(crash, every_acknowledged_act_holds_after_a_restart) {
    expect_all_to_hold(nullptr, "LATCHKEY_CRASH_CYCLES", usual_cycles);
}

// The same where Redis keeps the sessions, and is killed in its turn; users are in the program's own file.
class redis_behind final : public crash_backend {
public:
    const char* name() const override { return "Redis"; }
    void configure(server_setup& setup) const override {
        setup.config["session.store"] = "\"redis\"";
        setup.config["redis.url"] = '"' + redis_.url() + '"';
    }
    void kill() override { redis_.kill(); }
    void start() override { redis_.start(); }

private:
    redis_process redis_{durable_redis()};
};

TEST(crash, what_redis_has_acknowledged_holds_too) {
    if (redis_program().empty())
        GTEST_SKIP() << "no redis-server here";
    redis_behind redis;
    expect_all_to_hold(&redis, "LATCHKEY_CRASH_REDIS_CYCLES", usual_cycles / 4);
}

// And with everything in a PostgreSQL that writes before it answers.
class postgres_behind final : public crash_backend {
public:
    postgres_behind() { postgres_.make_database("latchkey"); }
    const char* name() const override { return "PostgreSQL"; }
    void configure(server_setup& setup) const override {
        setup.config["database.url"] = '"' + postgres_.url() + '"';
        setup.config["server.admin_listen"] = "\"off\"";
    }
    void kill() override { postgres_.kill(); }
    void start() override { postgres_.start(); }

private:
    postgres_process postgres_{{"fsync=on", "full_page_writes=on"}};
};

TEST(crash, what_postgresql_has_acknowledged_holds_too) {
    if (postgres_directory().empty())
        GTEST_SKIP() << "no PostgreSQL here";
    postgres_behind postgres;
    expect_all_to_hold(&postgres, "LATCHKEY_CRASH_POSTGRESQL_CYCLES", usual_cycles / 6);
}

// What a server shows after a restart, it must not take back: a logout that was written but not synced when the program
// was killed looks done, and then the power fails.
TEST(crash, what_a_restart_shows_survives_a_power_cut) {
    if (const auto reason = program_shim::unusable(); !reason.empty())
        GTEST_SKIP() << reason;
    server_setup setup;
    setup.start = false;
    setup.config["log.level"] = "\"error\"";
    const latchkey_server home(setup);
    program_shim shim(home.directory() / "latchkey.db");
    write_record record(home.directory() / "latchkey.db", shim.record_writes());
    bare_server server(home, shim.environment());
    server.start();
    const auto cookie = home.login(alice());
    const http_request log_out{"POST", "/logout", with_cookie(cookie), {}};

    shim.fail({call_sync, EIO, true, false}, 1);
    EXPECT_EQ(home.ask(log_out).status, 503);
    server.kill();
    record.settle();
    EXPECT_GT(record.unsynced(), 0U);
    shim.heal();
    server.start();
    const auto shown = home.ask(get("/sessions/whoami", with_cookie(cookie))).status;
    if (shown == 401) {
        EXPECT_EQ(home.ask(log_out).status, 204);
    }
    server.kill();
    record.cut_power();
    server.start();
    EXPECT_EQ(home.ask(get("/sessions/whoami", with_cookie(cookie))).status, shown);
    EXPECT_EQ(server.stop(), 0);
}

// The judge itself: a server that lies is found out.

std::string errors_of(crash_harness& harness) {
    std::string all;
    for (const auto& one : harness.ledger().violations())
        all += one + '\n';
    return all;
}

crash_options small(bool power_cuts) {
    crash_options out;
    out.seed = 7;
    out.most_acts = 400;
    out.power_cuts = power_cuts;
    return out;
}

// One act, and its answer.
void perform(crash_harness& harness, act what, std::size_t user) {
    std::mt19937 random(1);
    const auto one = harness.ledger().begin(what, user, random);
    ASSERT_TRUE(one);
    const auto response = harness.home().ask(request_for(*one));
    if (what == act::login)
        harness.ledger().acknowledged(*one, json_of(response)["session"].value("id", ""), cookie_of(response));
    else
        harness.ledger().acknowledged(*one);
}

TEST(crash_ledger, sees_that_the_database_went_back_in_time) {
    crash_harness harness(small(false));
    const std::string file = harness.home().directory() / "latchkey.db", old = harness.home().directory() / "old";
    harness.work_until(crash_kind::kill);
    harness.restart();
    harness.check();
    ASSERT_EQ(harness.server().stop(), 0);  // leaves all in one file
    std::filesystem::copy_file(file, old);
    harness.restart();
    perform(harness, act::logout, 0);
    perform(harness, act::login, 1);
    ASSERT_EQ(errors_of(harness), "");

    ASSERT_EQ(harness.server().stop(), 0);
    std::filesystem::copy_file(old, file, std::filesystem::copy_options::overwrite_existing);
    harness.restart();
    harness.check();
    EXPECT_THAT(errors_of(harness), testing::HasSubstr("a session is lost"));
    EXPECT_THAT(errors_of(harness), testing::HasSubstr("a dead session is in the list"));
    harness.finish();
    EXPECT_THAT(errors_of(harness), testing::HasSubstr("a dead cookie is answered with 200"));
}

TEST(crash_ledger, sees_that_a_disk_lied_about_a_sync) {
    if (const auto reason = program_shim::unusable(); !reason.empty())
        GTEST_SKIP() << reason;
    crash_harness harness(small(true));
    harness.shim()->let_the_disk_lie(true);
    for (int i = 0; i < 10 && harness.ledger().violations().empty(); ++i) {
        harness.work_until(crash_kind::power_cut);
        harness.restart();
        harness.check();
    }
    EXPECT_NE(errors_of(harness), "");
    harness.finish();
}

// The power cut itself: it takes what was not synced, and nothing else.
TEST(power_cut, takes_what_was_not_synced) {
    if (const auto reason = program_shim::unusable(); !reason.empty())
        GTEST_SKIP() << reason;
    server_setup setup;
    setup.start = false;
    setup.users.clear();
    const latchkey_server home(setup);
    program_shim shim(home.directory() / "latchkey.db");
    write_record record(home.directory() / "latchkey.db", shim.record_writes());
    const auto add = [&](const test_user& user) {
        child_options options;
        options.argv = {latchkey_program(), "user", "add", "--email", user.email, "--password-stdin", "--config",
                        home.config_file()};
        options.input = user.password + '\n';
        options.environment = shim.environment();
        return run_program(options).status;
    };
    const auto shows = [&](const test_user& user) { return home.command({"user", "show", user.email}).status; };
    ASSERT_EQ(add(alice()), 0);
    EXPECT_EQ(record.unsynced(), 0U);
    record.cut_power();
    EXPECT_EQ(shows(alice()), 0);

    shim.let_the_disk_lie(true);
    ASSERT_EQ(add(bob()), 0);
    EXPECT_EQ(shows(bob()), 0);
    EXPECT_GT(record.unsynced(), 0U);
    record.cut_power();
    EXPECT_EQ(shows(bob()), 1);
    EXPECT_EQ(shows(alice()), 0);
}

}  // namespace
}  // namespace latchkey::test
