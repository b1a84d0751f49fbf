#include "page_set.hpp"
#include "problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;

const page_set& built_in() {
    static const auto loaded = load_page_set({});
    return *loaded.set;
}

std::set<std::string> keys(const page_texts& words) {
    std::set<std::string> out;
    for (const auto& [key, text] : words.all())
        out.insert(key);
    return out;
}

// "{n} {place}" of a text, in any order.
std::multiset<std::string> placeholders(const std::string& text) {
    static const std::regex name(R"(\{[a-z]*\})");
    return {std::sregex_token_iterator(text.begin(), text.end(), name), std::sregex_token_iterator()};
}

TEST(page_texts, english_comes_first_and_german_and_spanish_are_there) {
    EXPECT_EQ(built_in().tags, (std::vector<std::string>{"en", "de", "es"}));
}

TEST(page_texts, every_language_has_the_same_keys_and_placeholders) {
    const auto& english = built_in().languages.front();
    EXPECT_GT(english.all().size(), 80U);
    for (const auto& words : built_in().languages) {
        EXPECT_EQ(keys(words), keys(english)) << words.tag();
        for (const auto& [key, text] : english.all()) {
            EXPECT_FALSE(words[key].empty()) << words.tag() << ' ' << key;
            EXPECT_EQ(placeholders(std::string(words[key])), placeholders(text)) << words.tag() << ' ' << key;
        }
    }
}

TEST(page_texts, every_text_of_a_template_is_there) {
    static const std::regex tag(R"(\{\{[#^]?t\.([^}]*)\}\})");
    const auto& english = built_in().languages.front();
    std::size_t found = 0;
    for (const char* name : {"login.html", "account.html", "error.html"}) {
        const auto& source = built_in().files.at(name);
        for (std::sregex_iterator at(source.begin(), source.end(), tag), end; at != end; ++at, ++found)
            EXPECT_TRUE(english.all().contains((*at)[1].str())) << name << ' ' << (*at)[1].str();
    }
    EXPECT_GT(found, 30U);
}

// What exchange::refuse() and the forms may have to say.
TEST(page_texts, every_error_code_has_words) {
    std::set<std::string> codes{"session_gone",    "wrong_password",    "password_too_short",
                                "password_common", "password_personal", "passwords_differ",
                                "other",           "too_many_attempts"};
    for (const auto& p : {problems::bad_request,         problems::invalid_request,
                          problems::password_too_long,   problems::no_session,
                          problems::invalid_credentials, problems::forbidden,
                          problems::cross_site,          problems::not_found,
                          problems::method_not_allowed,  problems::timeout,
                          problems::length_required,     problems::body_too_large,
                          problems::target_too_long,     problems::unsupported_media_type,
                          problems::expectation_failed,  problems::weak_password,
                          problems::header_too_large,    problems::internal_error,
                          problems::not_implemented,     problems::overloaded,
                          problems::session_limit,       problems::store_unavailable,
                          problems::not_ready,           problems::version_not_supported})
        codes.insert(std::string(p.code));
    for (const auto& code : codes)
        EXPECT_TRUE(built_in().languages.front().all().contains("error." + code)) << code;
}

TEST(page_texts, time_in_words) {
    const auto& words = built_in().languages.front();
    const std::pair<std::int64_t, const char*> cases[] = {{-5, "just now"},
                                                          {0, "just now"},
                                                          {59, "just now"},
                                                          {60, "1 minute ago"},
                                                          {119, "1 minute ago"},
                                                          {120, "2 minutes ago"},
                                                          {3'599, "59 minutes ago"},
                                                          {3'600, "1 hour ago"},
                                                          {7'200, "2 hours ago"},
                                                          {86'399, "23 hours ago"},
                                                          {86'400, "1 day ago"},
                                                          {86'400 * 30, "30 days ago"},
                                                          {86'400LL * 400, "400 days ago"}};
    for (const auto& [since, text] : cases)
        EXPECT_EQ(words.ago(seconds{since}), text) << since;
    EXPECT_EQ(built_in().languages[1].ago(seconds{300}), "vor 5 Minuten");
    EXPECT_EQ(built_in().languages[2].ago(seconds{300}), "hace 5 minutos");
}

TEST(page_texts, placeholders_are_put_in_once) {
    const page_texts words("en", {{"a", "{n} of {n}, {other}, {place}"}, {"open", "x {n"}, {"empty", "{}"}});
    EXPECT_EQ(words.with("a", {{"n", "{place}"}, {"place", "p"}}), "{place} of {place}, {other}, p");
    EXPECT_EQ(words.with("open", {{"n", "1"}}), "x {n");
    EXPECT_EQ(words.with("empty", {{"n", "1"}}), "{}");
    EXPECT_EQ(words.with("none", {{"n", "1"}}), "");
}

TEST(page_texts, files_are_read_strictly) {
    const page_texts::map known{{"a", "A"}, {"direction", "ltr"}};
    const auto fault = [&](const std::string& json) {
        page_texts::map texts{{"a", "A"}, {"direction", "ltr"}};
        return read_texts(json, &known, texts);
    };
    EXPECT_EQ(fault(R"({"a":"B"})"), "");
    EXPECT_EQ(fault(R"({"a":"B","direction":"rtl","x_mine":"M"})"), "");
    EXPECT_EQ(fault("{}"), "");
    for (const char* bad : {"", "[]", "null", "\"a\"", "{", R"({"a":"B"}x)", R"({"a":"B",})", "{'a':'B'}"})
        EXPECT_THAT(fault(bad), HasSubstr("not a JSON object")) << bad;
    for (const char* bad : {R"({"a":1})", R"({"a":null})", R"({"a":["B"]})", R"({"a":{}})", R"({"a":true})"})
        EXPECT_THAT(fault(bad), HasSubstr("\"a\" is not a text")) << bad;
    EXPECT_THAT(fault(R"({"b":"B"})"), HasSubstr("\"b\""));
    EXPECT_THAT(fault(R"({"a":"B","a":"C"})"), HasSubstr("twice"));
    EXPECT_THAT(fault(R"({"direction":"up"})"), HasSubstr("direction"));
    EXPECT_THAT(fault(std::string(100'000, '[')), HasSubstr("not a JSON object"));
    EXPECT_THAT(fault(R"({"a":)" + std::string(50'000, '[') + std::string(50'000, ']') + "}"), HasSubstr("not a text"));
}

TEST(page_texts, names_of_languages) {
    for (const char* yes : {"en", "de", "gsw", "pt-BR", "zh-Hant-TW", "sr-Latn"})
        EXPECT_TRUE(is_language_tag(yes)) << yes;
    for (const char* no : {"", "e", "english", "de-", "-de", "de--AT", "de_AT", "d1", "../x", "de-toolongpart", "de.x",
                           "zh-Hant-TW-Hant-TW-Hant-TW-Hant-TW-TW"})
        EXPECT_FALSE(is_language_tag(no)) << no;
}

}  // namespace
}  // namespace latchkey::http
