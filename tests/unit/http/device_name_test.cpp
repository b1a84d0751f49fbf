#include "device_name.hpp"

#include <latchkey/session.hpp>

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

struct known {
    const char* user_agent;
    const char* browser;
    const char* system;
};

// As browsers send them today; a session keeps the first 128 bytes.
TEST(device_name, browsers_that_people_have) {
    const known all[] = {
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", "Linux"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox", "Windows"},
        {"Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", "Firefox", "Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 14_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "FxiOS/131.0 Mobile/15E148 Safari/605.1.15",
         "Firefox", "iPhone"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
         "Safari/537.36",
         "Chrome", "Windows"},
        {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
         "Safari/537.36",
         "Chrome", "ChromeOS"},
        {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile "
         "Safari/537.36",
         "Chrome", "Android"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "CriOS/130.0.6723.37 Mobile/15E148 Safari/604.1",
         "Chrome", "iPhone"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
         "Safari/537.36 Edg/130.0.2849.46",
         "Edge", "Windows"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 "
         "Safari/537.36 OPR/115.0.0.0",
         "Opera", "Windows"},
        {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 "
         "Chrome/122.0.0.0 Mobile Safari/537.36",
         "Samsung Internet", "Android"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
         "Safari/605.1.15",
         "Safari", "macOS"},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/17.6 Mobile/15E148 Safari/604.1",
         "Safari", "iPhone"},
        {"Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
         "Mobile/15E148 Safari/604.1",
         "Safari", "iPad"},
    };
    for (const auto& [user_agent, program, system] : all) {
        const std::string kept = shorten_user_agent(user_agent);
        EXPECT_EQ(name_device(kept), (device_name{program, system})) << user_agent;
    }
}

TEST(device_name, programs_say_their_name) {
    const known all[] = {{"curl/7.88.1", "curl", ""},
                         {"Wget/1.21", "Wget", ""},
                         {"python-requests/2.28.1", "python-requests", ""},
                         {"MyBackup 1.0 (Linux)", "MyBackup", "Linux"},
                         {"app", "app", ""},
                         {"", "", ""},
                         {"Mozilla/5.0", "", ""},
                         {"Mozilla/5.0 (compatible)", "", ""},
                         {"<script>alert(1)</script>", "", ""},
                         {"\"quoted\"/1", "", ""},
                         {"/1.0", "", ""},
                         {"a<b/1", "", ""},
                         {"\xe2\x80\xae", "", ""},
                         {"\xff", "", ""}};
    for (const auto& [user_agent, program, system] : all)
        EXPECT_EQ(name_device(user_agent), (device_name{program, system})) << user_agent;
    EXPECT_EQ(name_device(std::string(128, 'x')), device_name{}) << "no name is that long";
}

}  // namespace
}  // namespace latchkey::http
