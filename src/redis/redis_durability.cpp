#include "redis_durability.hpp"

#include "redis_info.hpp"

#include <optional>
#include <utility>

namespace latchkey {
namespace {

class judge {
public:
    explicit judge(const redis_settings& settings) : settings_(settings) {}

    // Whether it is known, and that.
    bool is(std::string_view name, std::string_view value) const {
        const auto it = settings_.find(name);
        return it != settings_.end() && it->second == value;
    }
    bool is_other_than(std::string_view name, std::string_view value) const {
        const auto it = settings_.find(name);
        return it != settings_.end() && it->second != value;
    }
    const std::string& value(std::string_view name) const { return settings_.find(name)->second; }

    void judge_snapshots() {
        if (is("save", ""))
            warn("redis_not_durable", "appendonly is no and save is empty: a restart of Redis signs everybody out");
        else
            warn("redis_not_durable",
                 "appendonly is no: when Redis crashes, whoever signed in since its last snapshot is signed out, and "
                 "sessions that were ended since are back");
    }
    void judge_log() {
        if (is("appendfsync", "everysec"))
            warn("redis_late_fsync",
                 "appendfsync is everysec: when Redis crashes, the last two seconds may be lost: who signed in then is "
                 "signed out, and sessions that were ended then are back");
        else if (is("appendfsync", "no"))
            warn("redis_late_fsync",
                 "appendfsync is no: when the machine of Redis crashes, up to half a minute may be lost: who signed in "
                 "then is signed out, and sessions that were ended then are back");
        else if (is("no-appendfsync-on-rewrite", "yes"))
            warn("redis_late_fsync",
                 "no-appendfsync-on-rewrite is yes: what happens while Redis rewrites its log may be lost in a crash, "
                 "and sessions that were ended then are back");
    }
    void judge_memory() {
        if (is("maxmemory", "0"))
            warn("redis_no_memory_limit",
                 "maxmemory is 0: short of memory, the kernel may kill Redis, where with a limit it refuses logins");
        else if (is_other_than("maxmemory-policy", "noeviction"))
            warn("redis_evicts", "maxmemory-policy is " + value("maxmemory-policy") +
                                     ": short of memory, Redis removes sessions as it likes, and people are signed "
                                     "out: noeviction refuses logins instead");
    }
    void judge_replicas() {
        if (is("min-replicas-to-write", "0"))
            warn("redis_lone_master",
                 "min-replicas-to-write is 0: a master that is cut off goes on taking logins and logouts, and a "
                 "failover loses them: sessions that were ended there are back");
    }
    void warn(std::string_view code, std::string text) { found_.push_back({code, std::move(text)}); }
    std::vector<redis_warning> found() && { return std::move(found_); }

private:
    const redis_settings& settings_;
    std::vector<redis_warning> found_;
};

// INFO tells some of it to those who may not read the configuration.
void add_from_info(std::string_view info, redis_settings& to) {
    to.try_emplace("appendonly", info_line(info, "aof_enabled") == "1" ? "yes" : "no");
    to.try_emplace("maxmemory-policy", info_line(info, "maxmemory_policy"));
    to.try_emplace("maxmemory", info_line(info, "maxmemory"));
}

}  // namespace

std::vector<redis_warning> judge_durability(const redis_settings& settings, bool replicated) {
    judge about(settings);
    if (about.is("appendonly", "no"))
        about.judge_snapshots();
    else
        about.judge_log();
    about.judge_memory();
    if (replicated)
        about.judge_replicas();
    return std::move(about).found();
}

task<result<std::vector<redis_warning>>> check_durability(redis_client& client, bool has_sentinels) {
    std::string question = redis_command({"CONFIG", "GET", "appendonly", "appendfsync", "no-appendfsync-on-rewrite",
                                          "save", "maxmemory", "maxmemory-policy", "min-replicas-to-write"});
    const auto told = co_await client.ask(std::move(question));
    std::string asking = redis_command({"INFO"});
    const auto info = co_await client.ask(std::move(asking));
    if (!told || !info)
        co_return errc::store_unavailable;
    redis_settings settings;
    for (std::size_t i = 0; told->is_list() && i + 1 < told->items.size(); i += 2)
        settings[told->items[i].text] = told->items[i + 1].text;
    if (info->is_text())
        add_from_info(info->text, settings);
    const std::string_view replicas = info->is_text() ? info_line(info->text, "connected_slaves") : "0";
    auto found = judge_durability(settings, has_sentinels || replicas != "0");
    if (told->is_error())
        found.push_back({"redis_settings_hidden",
                         "Redis does not tell its settings (" + told->text +
                             "): whether appendfsync, save and min-replicas-to-write keep sessions is yours to know"});
    co_return found;
}

}  // namespace latchkey
