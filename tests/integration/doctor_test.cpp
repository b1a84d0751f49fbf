// `latchkey doctor` against a real nginx with the sample configuration: whole, and with one usual fault at a time.
#include "free_port.hpp"
#include "header_echo_upstream.hpp"
#include "latchkey_server.hpp"
#include "nginx_process.hpp"
#include "tls_tunnel.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace latchkey::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class doctor : public testing::Test {
protected:
    doctor() { setup_.config["server.public_url"] = '"' + origin_ + '"'; }
    void start() { server_ = std::make_unique<latchkey_server>(setup_); }

    // The codes of what it finds behind an nginx whose sample got `faults` besides what everybody changes.
    std::vector<std::string> examine(const substitutions& faults, int expected_status) {
        if (!server_)
            start();
        const auto nginx = start_nginx({port_, server_->port(), app_.port()}, faults);
        return ask(expected_status);
    }
    std::vector<std::string> ask(int expected_status) {
        const auto done = server_->command({"doctor", origin_ + "/page", "--json"});
        EXPECT_EQ(done.status, expected_status) << done.output << done.errors;
        const auto report = nlohmann::json::parse(done.output);
        std::vector<std::string> codes;
        for (const auto& finding : report.at("findings"))
            codes.push_back(finding["code"]);
        return codes;
    }

    const std::uint16_t port_ = free_port();
    const std::string origin_ = "http://127.0.0.1:" + std::to_string(port_);
    server_setup setup_;
    header_echo_upstream app_;
    std::unique_ptr<latchkey_server> server_;
};

TEST_F(doctor, finds_nothing_wrong_with_the_sample) {
    EXPECT_THAT(examine({}, 0), AllOf(Contains("server_ready"), Contains("sent_to_login"), Contains("login_served")));
    EXPECT_TRUE(app_.seen().empty());
}

TEST_F(doctor, a_page_that_nobody_guards) {
    EXPECT_THAT(examine({{"auth_request /latchkey/auth;", ""}}, 1), Contains("not_guarded"));
}

TEST_F(doctor, a_url_that_is_not_forwarded) {
    EXPECT_THAT(examine({{"proxy_set_header X-Original-URL ", "proxy_set_header X-Nothing "}}, 1),
                AllOf(Contains("url_not_forwarded"), Contains("header_missing"), Not(Contains("untrusted_proxy"))));
}

TEST_F(doctor, a_proxy_that_is_not_trusted) {
    setup_.config["server.trusted_proxies"] = R"(["192.0.2.1/32"])";
    EXPECT_THAT(examine({}, 1),
                AllOf(Contains("url_not_forwarded"), Contains("untrusted_proxy"), Not(Contains("header_missing"))));
}

TEST_F(doctor, a_host_that_is_not_the_browsers) {
    EXPECT_THAT(examine({{"$scheme://$http_host$request_uri", "$scheme://10.0.0.7$request_uri"}}, 1),
                Contains("host_mismatch"));
    EXPECT_THAT(examine({{"$scheme://$http_host$request_uri", "https://$http_host$request_uri"}}, 1),
                Contains("scheme_lost"));
}

TEST_F(doctor, a_login_page_behind_the_guard) {
    EXPECT_THAT(examine({{"location ~ ^/(?:login|", "location ~ ^/(?:"}}, 1), Contains("redirect_loop"));
}

TEST_F(doctor, a_401_that_leads_nowhere) {
    EXPECT_THAT(examine({{"error_page 401 = @login;", ""}}, 1), Contains("not_sent_to_login"));
}

TEST_F(doctor, the_server_is_away) {
    start();
    EXPECT_EQ(server_->stop(), 0);
    EXPECT_THAT(examine({}, 1), AllOf(Contains("server_not_running"), Contains("proxy_fails")));
    server_->start();
}

TEST_F(doctor, the_proxy_is_away) {
    start();
    EXPECT_THAT(ask(1), Contains("no_answer"));
}

TEST_F(doctor, a_page_that_a_rule_refuses) {
    setup_.config["access.default"] = "\"deny\"";
    EXPECT_THAT(examine({}, 1), AllOf(Contains("denied_by_rule"), Contains("refused")));
}

// As the sample's own words have one do it, under the name that people use; the name leads nowhere here.
class doctor_behind_tls : public doctor {
protected:
    doctor_behind_tls() { setup_.config["server.public_url"] = '"' + site_ + '"'; }
    void SetUp() override {
        if (!have_tls_tunnel())
            GTEST_SKIP() << "there is no openssl";
        certificate_ = make_certificate(directory_);
        start();
        nginx_ = start_nginx({port_, server_->port(), app_.port()},
                             {{"server_name 127.0.0.1;", "server_name app.example.com;"},
                              {"listen " + loopback_address(port_) + ";",
                               "listen " + loopback_address(port_) + " ssl; ssl_certificate " +
                                   certificate_.certificate + "; ssl_certificate_key " + certificate_.key + ";"}});
    }
    run_result ask(std::vector<std::string> more) const {
        more.insert(more.begin(), {"doctor", site_ + "/page", "--connect", loopback_address(port_)});
        return server_->command(more);
    }

    const std::string site_ = "https://app.example.com";
    temp_dir directory_;
    test_certificate certificate_;
    std::unique_ptr<proxy_process> nginx_;
};

TEST_F(doctor_behind_tls, finds_nothing_wrong_and_says_so_in_words) {
    const auto done = ask({"--ca-file", certificate_.certificate});
    EXPECT_EQ(done.status, 0) << done.errors;
    EXPECT_THAT(done.output, StartsWith(site_ + "/page\n\nnote     ")) << "of the cheap hashes";
    EXPECT_THAT(done.output, HasSubstr("\nok       The server at \"" + loopback_address(server_->port()) +
                                       "\" is ready.\nok       People without a session are sent to the login page, "
                                       "and back to \"" +
                                       site_ +
                                       "/page\" afterwards.\nok       The login page is there.\n\n"
                                       "no faults, no warnings.\n"));
}

TEST_F(doctor_behind_tls, an_authority_that_nobody_knows) {
    const auto done = ask({});
    EXPECT_EQ(done.status, 1) << done.errors;
    EXPECT_THAT(
        done.output,
        AllOf(HasSubstr("\nfault    The certificate of \"" + site_ + "/page\" is not accepted: "),
              HasSubstr("\n         Mend the certificate, or name the authority that signed it with --ca-file.\n"),
              HasSubstr("\n1 fault, no warnings.\n")));
    const auto report = nlohmann::json::parse(ask({"--json"}).output);
    EXPECT_EQ(report.at("findings").back().at("code"), "certificate_refused");
    EXPECT_EQ(report.at("findings").back().at("severity"), "fault");
}

TEST_F(doctor_behind_tls, a_certificate_for_another_name) {
    const auto done = server_->command({"doctor", "https://other.example.com/", "--json", "--connect",
                                        loopback_address(port_), "--ca-file", certificate_.certificate});
    EXPECT_EQ(done.status, 1) << done.errors;
    EXPECT_THAT(done.output, HasSubstr("certificate_refused"));
}

TEST_F(doctor, wants_the_address_of_a_page) {
    start();
    for (const char* bad :
         {"", "app.example.com", "file:///etc/passwd", "https://user@app.example.com/", "https://app.example.com/\n"}) {
        const auto refused = server_->command({"doctor", bad});
        EXPECT_EQ(refused.status, 2) << bad;
        EXPECT_THAT(refused.output, Not(HasSubstr("root:")));
    }
    EXPECT_THAT(server_->command({"doctor", "--help"}).output, HasSubstr("--connect"));
}

}  // namespace
}  // namespace latchkey::test
