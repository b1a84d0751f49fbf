// F4, F6: no doorkeeper, no entry. And when it is back, everybody is who they were.
#include "process_probe.hpp"
#include "proxy_attacks.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

namespace latchkey::test {
namespace {

// Everybody is refused, however they ask.
void nobody_enters(attack_run& run, int rounds, const std::string& when) {
    const auto& site = run.site();
    for (int i = 0; i < rounds; ++i)
        for (const auto& request :
             {get("/", with_cookie(run.cookie())), get("/", with_cookie(run.cookie(), {{"Remote-User", "x"}})),
              get("/private"), get("/public/x", {{"Remote-User", "forged"}}),
              post_json("/x", "{}", with_cookie(run.cookie()))}) {
            const auto response = site.ask(request);
            run.count(!run.site().arrivals().empty() || response.status < 400,
                      when + ": " + request.method + ' ' + request.target + " -> " + std::to_string(response.status));
        }
}

}  // namespace

void take_latchkey_away(attack_run& run) {
    run.take_away();
    auto& site = run.site();
    const auto question = site.wire(get("/", with_cookie(run.cookie())));
    auto& process = site.server().process();
    process.send_signal(SIGSTOP);  // there, but silent
    for (const deadline until; !is_stopped(process.pid()) && !until.passed();)
        std::this_thread::yield();
    std::vector<raw_client> waiting;
    for (const auto& bytes :
         {question, site.wire(get("/private")), site.wire(post_json("/x", "{}", with_cookie(run.cookie())))}) {
        waiting.push_back(site.connect());
        waiting.back().send(bytes);
    }
    for (auto& client : waiting) {
        const auto response = client.read_any_response(false, deadline(std::chrono::seconds(60)));  // Traefik takes 30
        run.count(response && response->status < 500, "frozen");
    }
    run.count(!site.arrivals().empty(), "frozen");
    process.send_signal(SIGCONT);
    EXPECT_EQ(site.server().ask(get("/health/ready")).status, 200);

    site.server().kill();
    nobody_enters(run, 2, "dead");

    site.server().start();
    int status = 0;
    for (const deadline until; status != 200 && !until.passed();)  // some proxies let a failed server rest for a while
        status = site.ask(get("/", with_cookie(run.cookie()))).status;
    EXPECT_EQ(status, 200) << "nobody is signed out by a crash";  // D1
    site.arrivals();
}

}  // namespace latchkey::test
