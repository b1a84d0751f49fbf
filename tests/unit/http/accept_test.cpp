#include "accept.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace latchkey::http {
namespace {

TEST(accept, html_counts_when_it_is_named) {
    for (const char* yes : {"text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "TEXT/HTML",
                            "application/json, text/html;q=0.1", "text/html; charset=utf-8", "text/html;level=1;q=0.5",
                            " text/html ", ",,text/html", "text/html;q=1.000"})
        EXPECT_TRUE(names_html(yes)) << yes;
    for (const char* no : {"", "*/*", "text/*", "application/json", "text/html;q=0", "text/html; q=0.000", "text/htmlx",
                           "xtext/html", "text/html;q=2", "text/html;q=", "text/html;q=-1", "text/html;q=0.5000",
                           "text / html", "\"text/html\"", ";", ",", "text/html;q=1.5"})
        EXPECT_FALSE(names_html(no)) << no;
}

class language_choice : public ::testing::Test {
protected:
    std::string chosen(std::string_view wanted) const { return available_[choose_language(wanted, available_)]; }
    std::vector<std::string> available_{"en", "de", "es", "pt-BR"};
};

TEST_F(language_choice, by_weight_then_by_order) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "en"},
        {"de", "de"},
        {"DE", "de"},
        {"de-AT", "de"},
        {"de-AT, en;q=0.8", "de"},
        {"de-Latn-AT-1996", "de"},
        {"de-x-private", "de"},
        {"es-419,es;q=0.9", "es"},
        {"pt-br", "pt-BR"},
        {"pt", "en"},
        {"fr", "en"},
        {"fr, es;q=0.2", "es"},
        {"de;q=0.1, es;q=0.9", "es"},
        {"de;q=0.5,es;q=0.5", "de"},
        {"fr;q=1.0, es;q=0.5, de;q=0.7", "de"},
        {"*", "en"},
        {"*, de", "en"},
        {"de, *;q=0.5", "de"},
        {"de;q=0, es", "es"},
        {"de;q=0", "en"},
        {"en;q=0.5, de;q=0.6", "de"},
    };
    for (const auto& [wanted, expected] : cases)
        EXPECT_EQ(chosen(wanted), expected) << wanted;
}

TEST_F(language_choice, nonsense_is_english) {
    for (const std::string wanted : {"-", "--", "d", "de_AT", ";q=1", "de;q=1;q=0", "de;q=1e9", "de;q=0.9999",
                                     "../../etc", "\xff\xfe", "de\tes", "q=1", "=", ",,,,", "<script>", "*-de", "-de"})
        EXPECT_EQ(chosen(wanted), "en") << wanted;
    EXPECT_EQ(chosen(std::string(16'000, 'd')), "en");
    EXPECT_EQ(chosen("de" + std::string(16'000, '-')), "en");
    EXPECT_EQ(chosen(std::string(16'000, ',') + "de"), "en") << "a list ends somewhere";
    std::string many = "de;q=0.1";
    for (int i = 0; i < 5'000; ++i)
        many += ",x" + std::to_string(i);
    EXPECT_EQ(chosen(many), "de");
}

}  // namespace
}  // namespace latchkey::http
