// WCAG 2.2 AA, computed from the stylesheet's own variables in both schemes: 4.5:1 for text, 3:1 for what shows where a
// control is and which one has the focus.
#include "page_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>

namespace latchkey::http {
namespace {

using palette = std::map<std::string, std::string>;

const std::string& stylesheet() {
    static const auto loaded = load_page_set({});
    return loaded.set->files.at("latchkey.css");
}

// The variables of the rule that begins at or after `from`.
palette colours(std::string::size_type from) {
    const auto begin = stylesheet().find(":root {", from);
    const std::string rule = stylesheet().substr(begin, stylesheet().find('}', begin) - begin);
    static const std::regex variable(R"(--([a-z-]+): (#[0-9a-f]{6});)");
    palette out;
    for (std::sregex_iterator at(rule.begin(), rule.end(), variable), end; at != end; ++at)
        out[(*at)[1]] = (*at)[2];
    return out;
}

double luminance(const std::string& colour) {
    const double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double c = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
        sum += weights[i] * (c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double contrast(const std::string& a, const std::string& b) {
    const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

TEST(page_colours, the_formula) {
    EXPECT_NEAR(contrast("#000000", "#ffffff"), 21, 0.01);
    EXPECT_NEAR(contrast("#767676", "#ffffff"), 4.54, 0.01);
}

// B6
TEST(page_colours, every_pair_is_readable_in_both_schemes) {
    const auto dark_at = stylesheet().find("prefers-color-scheme: dark");
    ASSERT_NE(dark_at, std::string::npos);
    const palette light = colours(0), dark = colours(dark_at);
    EXPECT_GE(light.size(), 17U);
    EXPECT_EQ(light.size(), dark.size());
    struct pair {
        const char* front;
        const char* back;
        double least;
    };
    const pair pairs[] = {{"ink", "card", 4.5},          {"ink", "paper", 4.5},
                          {"soft", "card", 4.5},         {"soft", "paper", 4.5},
                          {"ink", "button", 4.5},        {"ink", "button-hover", 4.5},
                          {"on-accent", "accent", 4.5},  {"on-accent", "accent-hover", 4.5},
                          {"alert", "card", 4.5},        {"alert", "button", 4.5},
                          {"alert", "alert-paper", 4.5}, {"good", "good-paper", 4.5},
                          {"note", "note-paper", 4.5},   {"field", "card", 3},
                          {"field", "paper", 3},         {"field", "button", 3},
                          {"accent", "card", 3},         {"accent", "paper", 3}};
    for (const auto* scheme : {&light, &dark})
        for (const auto& [front, back, least] : pairs)
            EXPECT_GE(contrast(scheme->at(front), scheme->at(back)), least)
                << front << " on " << back << (scheme == &dark ? ", dark" : ", light");
}

// No colour but the variables', so that the pairs above are all there are.
TEST(page_colours, no_rule_has_a_colour_of_its_own) {
    const auto rules = stylesheet().substr(stylesheet().find("*, ::before"));
    EXPECT_EQ(rules.find('#'), std::string::npos);
    EXPECT_EQ(rules.find("rgb"), std::string::npos);
    for (const char* away : {"@import", "url(", "http:", "https:"})
        EXPECT_EQ(stylesheet().find(away), std::string::npos) << away;
}

}  // namespace
}  // namespace latchkey::http
