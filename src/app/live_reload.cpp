#include "live_reload.hpp"

#include "config_diff.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <string_view>
#include <utility>

namespace latchkey {
namespace {

std::string comma_separated(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words)
        out.append(out.empty() ? "" : ", ").append(word);
    return out;
}

class live_reloader final : public reloader {
public:
    live_reloader(loaded_config started_with, live_reload_parts parts)
        : in_force_(std::move(started_with)), parts_(std::move(parts)) {}

    task<reload_report> reload() override {
        auto there = on_control_thread();
        co_return co_await boost::asio::co_spawn(parts_.control, std::move(there), use_task);
    }

private:
    task<reload_report> on_control_thread() {
        reload_report report = read_again();
        tell(report);
        co_return report;
    }

    reload_report read_again() {
        const std::optional<std::string> file =
            in_force_.file.empty() ? std::nullopt : std::optional<std::string>(in_force_.file);
        const loaded_config fresh = load_config(file, parts_.variables);
        reload_report report;
        report.warnings = fresh.warnings;
        for (const auto& fault : fresh.faults)
            report.faults.push_back(fault.text());
        auto files = parts_.read_files ? parts_.read_files() : reread_files{};
        for (auto& fault : files.faults)
            report.faults.push_back(std::move(fault));
        if (!report.faults.empty())
            return report;
        auto changed = diff_configs(in_force_.values, fresh.values);
        report.applied = std::move(changed.live);
        report.needs_restart = std::move(changed.needs_restart);
        if (!report.applied.empty()) {
            config next = in_force_.values;
            take_live_values(fresh.values, next);
            parts_.apply(next);
            in_force_.values = std::move(next);
        }
        if (files.put_in_force)
            files.put_in_force();
        for (auto& key : files.changed)
            report.applied.push_back(std::move(key));
        return report;
    }

    void tell(const reload_report& report) noexcept try {
        for (const auto& fault : report.faults)
            parts_.log.write(log_level::error, "configuration_fault", {{"fault", std::string_view(fault)}});
        if (!report.faults.empty()) {
            parts_.log.write(log_level::error, "configuration_refused",
                             {{"meaning", "nothing was changed; mend the faults and reload again"}});
            return;
        }
        for (const auto& warning : report.warnings)
            parts_.log.write(log_level::warn, "configuration_warning", {{"warning", std::string_view(warning)}});
        const std::string applied = comma_separated(report.applied);
        parts_.log.write(log_level::info, "configuration_reloaded", {{"applied", std::string_view(applied)}});
        if (const std::string waiting = comma_separated(report.needs_restart); !waiting.empty())
            parts_.log.write(log_level::warn, "restart_needed", {{"keys", std::string_view(waiting)}});
    } catch (const std::exception&) {
        // Without memory for the words: the deed is done, the log is the lesser loss.
    }

    loaded_config in_force_;
    const live_reload_parts parts_;
};

}  // namespace

std::unique_ptr<reloader> make_live_reloader(loaded_config started_with, live_reload_parts parts) {
    return std::make_unique<live_reloader>(std::move(started_with), std::move(parts));
}

}  // namespace latchkey
