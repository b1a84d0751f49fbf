// D7, J7: what a reload does with files whose content counts.
#include "live_reload.hpp"

#include "temporary_directory.hpp"
#include "token_key_files.hpp"
#include "token_key_reload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class reload_logger final : public logger {
public:
    void write(log_level, std::string_view, std::initializer_list<log_field>) noexcept override {}
    std::uint64_t dropped() const noexcept override { return 0; }
};

class LiveReload : public ::testing::Test {
protected:
    LiveReload() {
        options_.key_file = directory_.path("key.pem");
        put(options_.key_file);
        configure("info");
    }

    static void put(const std::string& path) {
        std::ofstream(path, std::ios::binary) << signing_key::generate(token_algorithm::ed25519).write().reveal();
        chmod(path.c_str(), 0600);
    }

    void configure(const std::string& level) { file_ = directory_.write("c.toml", "[log]\nlevel = '" + level + "'\n"); }

    void start() {
        live_reload_parts parts{control_.get_executor(), {}, log_, [this](const config& c) { level_ = c.log.level; }};
        const auto keys = load_token_keys(options_);
        ASSERT_TRUE(keys);
        parts.read_files = make_token_key_reader(options_, *keys, [this](auto fresh) { used_.push_back(fresh); });
        reloader_ = make_live_reloader(load_config(file_, {}), std::move(parts));
    }

    reload_report reload() {
        reload_report report;
        boost::asio::co_spawn(control_, reloader_->reload(), [&](std::exception_ptr, reload_report r) { report = r; });
        control_.restart();
        control_.run();
        return report;
    }

    temporary_directory directory_;
    boost::asio::io_context control_;
    reload_logger log_;
    token_options options_;
    std::string file_;
    std::string level_ = "untouched";
    std::vector<std::shared_ptr<const token_keys>> used_;
    std::unique_ptr<reloader> reloader_;
};

TEST_F(LiveReload, TakesKeysThatAreOthers) {
    start();
    EXPECT_THAT(reload().applied, IsEmpty());
    put(next_key_file(options_));
    EXPECT_THAT(reload().applied, ElementsAre("tokens.key_file"));
    EXPECT_THAT(reload().applied, IsEmpty());
    put(options_.key_file);
    EXPECT_THAT(reload().applied, ElementsAre("tokens.key_file"));
    ASSERT_EQ(used_.size(), 2U);
    EXPECT_EQ(*used_[1], **load_token_keys(options_));
    EXPECT_NE(*used_[0], *used_[1]);
    EXPECT_EQ(level_, "untouched");
}

TEST_F(LiveReload, TakesThemWithOtherChanges) {
    start();
    configure("warn");
    put(options_.key_file);
    EXPECT_THAT(reload().applied, ElementsAre("log.level", "tokens.key_file"));
    EXPECT_EQ(level_, "warn");
    EXPECT_EQ(used_.size(), 1U);
}

TEST_F(LiveReload, AKeyFileThatCannotBeUsedRefusesEverything) {
    start();
    configure("warn");
    put(next_key_file(options_));
    for (const auto& path : {options_.key_file, next_key_file(options_)}) {
        chmod(path.c_str(), 0644);
        const auto report = reload();
        ASSERT_EQ(report.faults.size(), 1U);
        EXPECT_THAT(report.faults[0], HasSubstr("tokens.key_file: \"" + path + "\" can be reached by others"));
        EXPECT_THAT(report.applied, IsEmpty());
        chmod(path.c_str(), 0600);
    }
    EXPECT_EQ(level_, "untouched");
    EXPECT_THAT(used_, IsEmpty());
    EXPECT_THAT(reload().applied, ElementsAre("log.level", "tokens.key_file"));
}

TEST_F(LiveReload, AFaultyConfigurationLeavesTheKeys) {
    start();
    configure("loud");
    put(options_.key_file);
    EXPECT_EQ(reload().faults.size(), 1U);
    EXPECT_THAT(used_, IsEmpty());
}

}  // namespace
}  // namespace latchkey
