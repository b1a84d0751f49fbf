// The documented metrics, the rules and the dashboard against what is really told: nobody reads of a metric that there
// isn't, and none is left out.
#include "metrics_fixture.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace latchkey {
namespace {

using names = std::set<std::string>;

std::string content_of(const std::string& file) {
    std::ifstream in(std::string(LATCHKEY_SOURCE_DIR "/") + file);
    EXPECT_TRUE(in) << file;
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string everything() {
    testing::quiet_audit sink;
    const counting_audit events(sink);
    const testing::losing_log log;
    return make_metrics(testing::all_sources(events, log))->expose();
}

// Every name of a metric in `text`, of a histogram its family's.
names metrics_named_in(const std::string& text, const std::map<std::string, std::string>& types) {
    static const std::regex name("(^|[^a-z_:.@/-])((latchkey|process)_[a-z_]+)(?![a-z_:.])");
    static const std::regex part("(.*)_(bucket|sum|count)");
    names out;
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
        std::string found = (*at)[2];
        std::smatch pieces;
        if (!types.contains(found) && std::regex_match(found, pieces, part) && types.contains(pieces[1]) &&
            types.at(pieces[1]) == "histogram")
            found = pieces[1];
        out.insert(found);
    }
    return out;
}

TEST(metric_documents, the_table_is_what_is_told) {
    std::map<std::string, std::string> documented;
    std::istringstream in(content_of("docs/metrics.md"));
    const std::regex row(R"(\| `([a-z_]+)` \| ([a-z]+) \|.*)");
    std::smatch found;
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, found, row))
            documented.emplace(found[1], found[2]);
    EXPECT_GT(documented.size(), 30U);
    EXPECT_EQ(documented, testing::types_in(everything()));
}

// Also what the table says of labels.
TEST(metric_documents, the_labels_are_what_is_told) {
    std::map<std::string, names> documented;
    std::istringstream in(content_of("docs/metrics.md"));
    const std::regex row(R"(\| `([a-z_]+)` \| [a-z]+ \| ([^|]*)\|.*)");
    const std::regex label("`([a-z]+)`");
    std::smatch found;
    for (std::string line; std::getline(in, line);) {
        if (!std::regex_match(line, found, row))
            continue;
        const std::string labels = found[2];
        auto& these = documented[found[1]];
        for (std::sregex_iterator at(labels.begin(), labels.end(), label), end; at != end; ++at)
            these.insert((*at)[1]);
    }
    const std::string text = everything();
    const auto types = testing::types_in(text);
    std::map<std::string, names> told;
    for (const auto& [name, type] : types)
        told[name];
    const std::regex key("([a-z]+)=\"");
    for (const auto& [sample, value] : testing::samples_of(text)) {
        const auto family = metrics_named_in(sample, types);
        ASSERT_EQ(family.size(), 1U) << sample;
        for (std::sregex_iterator at(sample.begin(), sample.end(), key), end; at != end; ++at)
            if ((*at)[1] != "le")
                told[*family.begin()].insert((*at)[1]);
    }
    EXPECT_EQ(documented, told);
}

TEST(metric_documents, every_audit_event_is_counted_by_its_name) {
    std::istringstream in(content_of("docs/audit.md"));
    const std::regex row(R"(\| `([a-z_]+)` \|[^|]*\|[^|]*\|)");
    std::smatch found;
    int seen = 0;
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, found, row)) {
            ++seen;
            const std::string type = found[1];
            const auto& types = counting_audit::types;
            EXPECT_NE(std::find(types.begin(), types.end() - 1, type), types.end() - 1) << type;
        }
    EXPECT_GT(seen, 10);
}

TEST(metric_documents, every_metric_has_a_help_text_and_follows_the_conventions) {
    const std::string text = everything();
    for (const auto& [name, type] : testing::types_in(text)) {
        EXPECT_NE(text.find("# HELP " + name + " "), text.npos) << name;
        EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
    }
}

TEST(metric_documents, rules_and_dashboard_use_what_there_is) {
    const auto types = testing::types_in(everything());
    for (const char* file : {"config/prometheus/latchkey.rules.yml", "config/prometheus/latchkey.rules.test.yml",
                             "config/grafana/latchkey.json"}) {
        const auto used = metrics_named_in(content_of(file), types);
        EXPECT_GT(used.size(), 3U) << file;
        for (const auto& name : used)
            EXPECT_TRUE(types.contains(name)) << file << ": " << name;
    }
    EXPECT_EQ(metrics_named_in("rate(latchkey_chekcs_total[5m])", types), names{"latchkey_chekcs_total"});
}

TEST(metric_documents, the_dashboard_is_one) {
    const auto board = nlohmann::json::parse(content_of("config/grafana/latchkey.json"));
    EXPECT_EQ(board["title"], "Latchkey");
    std::set<int> ids;
    for (const auto& panel : board["panels"]) {
        EXPECT_TRUE(ids.insert(panel["id"].get<int>()).second) << panel["id"];
        EXPECT_FALSE(panel["title"].get<std::string>().empty());
        if (panel["type"] == "row")
            continue;
        EXPECT_FALSE(panel["targets"].empty()) << panel["title"];
        EXPECT_EQ(panel["datasource"]["uid"], "${datasource}") << "anybody's Prometheus will do";
        for (const auto& target : panel["targets"])
            EXPECT_FALSE(target["expr"].get<std::string>().empty()) << panel["title"];
    }
    EXPECT_GT(ids.size(), 20U);
}

}  // namespace
}  // namespace latchkey
