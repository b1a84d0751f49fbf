// The operator's directory: what replaces what, and what is refused at start with a sentence that names the file.
#include "page_set.hpp"

#include "pages.hpp"
#include "silent_domain.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

namespace latchkey::http {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class page_directory : public ::testing::Test {
protected:
    void write(const std::string& name, const std::string& content) {
        const std::filesystem::path file = path() + '/' + name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
    }
    std::string path() const { return directory_.path().string(); }
    loaded_page_set load() const { return load_page_set(path()); }
    pages made() const { return {{"'self'", "auth.example.com", 12}, load().set}; }
    std::string only_fault() const {
        const auto loaded = load();
        EXPECT_EQ(loaded.set, nullptr);
        EXPECT_EQ(loaded.faults.size(), 1U);
        return loaded.faults.empty() ? std::string{} : loaded.faults.front();
    }

private:
    test::temp_dir directory_;
};

TEST_F(page_directory, an_empty_one_changes_nothing) {
    const auto loaded = load();
    EXPECT_THAT(loaded.faults, IsEmpty());
    EXPECT_EQ(loaded.set->files, load_page_set({}).set->files);
}

TEST_F(page_directory, each_file_replaces_its_own) {
    write("login.html", "<h1>{{t.sign_in}} at Acme{{t.x_city}}</h1>{{email}}");
    write("latchkey.css", "body { color: red }");
    write("mark.svg", "<svg/>");
    write("texts/de.json", R"({"sign_in":"Rein da","x_city":" Köln"})");
    write("notes.txt", "\xff not looked at");
    const pages mine = made();
    login_page page;
    page.email = "<b>";
    EXPECT_EQ(mine.login(mine.language("en"), page), "<h1>Sign in at Acme</h1>&lt;b&gt;\n");
    EXPECT_EQ(mine.login(mine.language("de"), page), "<h1>Rein da at Acme Köln</h1>&lt;b&gt;\n");
    EXPECT_EQ(mine.stylesheet(), "body { color: red }");
    EXPECT_EQ(mine.mark(), "<svg/>");
    EXPECT_EQ(mine.language("de")["email"], "E-Mail-Adresse") << "what the file lacks stays";
    EXPECT_THAT(mine.error(mine.language("de"), {404, "not_found", "r"}), HasSubstr("Seite nicht gefunden"));
}

TEST_F(page_directory, a_language_can_be_added) {
    write("texts/ar.json", R"({"direction":"rtl","sign_in":"تسجيل الدخول"})");
    const pages mine = made();
    const auto page = mine.login(mine.language("ar-EG"), {});
    EXPECT_THAT(page, HasSubstr(R"(<html lang="ar" dir="rtl">)"));
    EXPECT_THAT(page, HasSubstr("تسجيل الدخول"));
    EXPECT_THAT(page, HasSubstr("Password")) << "English stands in for what is missing";
    EXPECT_THAT(load().set->tags, ElementsAre("en", "ar", "de", "es"));
}

// B2, B5
TEST_F(page_directory, templates_that_would_not_work_or_not_be_safe_are_refused) {
    const std::pair<const char*, const char*> cases[] = {{"{{#message}}open", "mustache"},
                                                         {"{{/message}}", "mustache"},
                                                         {"{{message", "mustache"},
                                                         {"{{", "mustache"},
                                                         {"{{{email}}}", "escaped"},
                                                         {"{{&email}}", "escaped"},
                                                         {"{{ & email}}", "escaped"},
                                                         {"{{\n{email}}}", "escaped"},
                                                         {"{{=<% %>=}}<%& email %>", "delimiters"},
                                                         {"{{ =<% %>= }}", "delimiters"},
                                                         {"{{> other}}", "includes"}};
    for (const auto& [content, reason] : cases) {
        write("login.html", content);
        EXPECT_THAT(only_fault(), AllOf(HasSubstr(path() + "/login.html: "), HasSubstr(reason))) << content;
    }
    std::string deep;
    for (int i = 0; i < 20'000; ++i)
        deep += "{{#a}}";
    write("login.html", deep);
    EXPECT_THAT(only_fault(), HasSubstr("deep"));
}

TEST_F(page_directory, whatever_is_malformed_is_refused_by_name) {
    write("login.html", "\xff");
    EXPECT_THAT(only_fault(), HasSubstr("/login.html: is not UTF-8 text"));
    write("login.html", std::string("a\0b", 3));
    EXPECT_THAT(only_fault(), HasSubstr("not UTF-8"));
    write("login.html", std::string(256 * 1024 + 1, 'x'));
    EXPECT_THAT(only_fault(), HasSubstr("larger than 256KiB"));
    write("login.html", std::string(256 * 1024, 'x'));
    EXPECT_THAT(load().faults, IsEmpty());
    write("login.html", "");
    EXPECT_THAT(load().faults, IsEmpty());

    std::filesystem::remove(path() + "/login.html");
    ASSERT_EQ(::mkfifo((path() + "/login.html").c_str(), 0600), 0);
    EXPECT_THAT(only_fault(), HasSubstr("not a regular file"));
    std::filesystem::remove(path() + "/login.html");
    std::filesystem::create_directory(path() + "/login.html");
    EXPECT_THAT(only_fault(), HasSubstr("login.html: "));
    std::filesystem::remove(path() + "/login.html");

    write("texts/de.json", R"({"sing_in":"x"})");
    EXPECT_THAT(only_fault(), AllOf(HasSubstr("/texts/de.json: "), HasSubstr("sing_in")));
    write("texts/de.json", R"({"sign_in":1})");
    EXPECT_THAT(only_fault(), HasSubstr("/texts/de.json: \"sign_in\" is not a text"));
    write("texts/de.json", "{}");
    write("texts/deutsch.json", "{}");
    EXPECT_THAT(only_fault(), HasSubstr("/texts/deutsch.json: the name is no language"));
}

// B5
TEST_F(page_directory, all_faults_are_told_at_once) {
    write("login.html", "{{");
    write("mark.svg", "\xff");
    write("texts/de.json", "[]");
    EXPECT_EQ(load().faults.size(), 3U);
}

TEST_F(page_directory, the_directory_itself_must_be_there) {
    for (const auto& [name, reason] : {std::pair<std::string, std::string>{path() + "/none", "No such file"},
                                       {path() + "/file", "not a directory"}}) {
        write("file", "x");
        const auto loaded = load_page_set(name);
        EXPECT_EQ(loaded.set, nullptr);
        ASSERT_FALSE(loaded.faults.empty());
        EXPECT_THAT(loaded.faults.front(), AllOf(HasSubstr(name), HasSubstr(reason)));
    }
}

// A server with a broken file does not start; with a good one it keeps what it read.
TEST_F(page_directory, the_services_take_it_from_the_configuration) {
    testing::no_sessions sessions;
    testing::no_logins logins;
    testing::no_users users;
    testing::no_reloads reloads;
    testing::always_ready ready;
    testing::no_audit audit;
    testing::no_log log;
    manual_clock time;
    server_state state;
    config options;
    options.pages.directory = path();
    write("error.html", "mine");
    const auto policy = std::make_shared<testing::members_only>();
    const services with(options, policy, {sessions, logins, users, reloads, ready, audit, log, time}, state);
    EXPECT_EQ(with.html.error(with.html.language(""), {}), "mine\n");
    write("error.html", "{{");
    EXPECT_THROW(services(options, policy, with.core, state), std::invalid_argument);
}

}  // namespace
}  // namespace latchkey::http
