// M1, F2, F5: whatever a proxy's question holds, it is refused, or rules are asked about one canonical request and the
// way back to the login page's `rd` is the URL that was asked for.
#include "authz.hpp"
#include "fake_domain.hpp"
#include "form_fields.hpp"
#include "path_pattern.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>

using namespace latchkey;
using namespace latchkey::http;

namespace {

void check(bool holds) {
    if (!holds)
        std::abort();
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// Lets everybody in, after a look at what it is asked.
struct strict_reader final : access_policy {
    access_decision decide(const access_question& q) const noexcept override {
        check(!q.host.empty() && is_printable(q.host) && q.host.find_first_of("/@,\\?#%") == q.host.npos);
        check(std::none_of(q.host.begin(), q.host.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
        check(!q.method.empty() && !q.paths.empty());
        for (const auto path : q.paths)
            check(path.starts_with('/') && path.find("/../") == path.npos && path.find('\0') == path.npos);
        return {access_outcome::allow, 0};
    }
    access_outcome decide_by_default(const user_profile*) const noexcept override { return access_outcome::forbid; }
};

struct bench {
    testing::fake_domain domain;
    server_state state;
    boost::asio::io_context io{1};
    std::shared_ptr<const services> svc = make();
    core_context core{io, svc, 1};

    std::shared_ptr<const services> make() {
        config options;
        options.server.trusted_proxies = {"10.0.0.0/8"};
        options.access.rules.push_back({{}, {}, {}, {}, {"10.0.0.0/8"}, "allow"});  // so that the client is looked for
        return std::make_shared<const services>(options, std::make_shared<strict_reader>(), domain.get(), state);
    }
};

void check_question(exchange& x, proxy_dialect dialect) {
    const original_request asked(x, dialect);
    const result<session> nobody = errc::no_session;
    const auto outcome = judge(x, nobody, asked);
    check(asked.fault().empty() ? outcome == verdict::pass : outcome == verdict::login);
    check(asked.url_known() || !asked.fault().empty());

    const original_request again(x, dialect);  // with what the core has remembered since
    check(again.fault() == asked.fault() && again.url_known() == asked.url_known());
    check(again.host() == asked.host() && again.url() == asked.url() && again.method() == asked.method());
    check(!asked.url_known() || std::ranges::equal(again.paths(), asked.paths()));

    std::string location, url;
    append_login_url(location, *x.svc, asked);
    check(is_printable(location));
    for (const auto piece : asked.url())
        url.append(piece);
    const auto query = location.find('?');
    const auto rd = form_value(query == location.npos ? "" : location.substr(query + 1), "rd");
    check(rd && *rd == (asked.url_known() ? url : ""));
    (void)x.svc->redirect.check(*rd);
    (void)is_navigation(x.head);
}

}  // namespace

// The first two lines are what stands behind the prefix, and Host; the others are values of fields, each of which may
// be there twice or not at all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static bench all;
    constexpr path_pattern pattern("/api/authz/ext-authz/*");
    constexpr std::string_view names[] = {
        "X-Original-URL",  "X-Original-Method",  "X-Forwarded-Proto", "X-Forwarded-Host",
        "X-Forwarded-Uri", "X-Forwarded-Method", "X-Forwarded-For",   "Accept",
        "X-Requested-With"};
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const auto take_line = [&rest] {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return line;
    };
    std::string block = "GET /api/authz/ext-authz/";
    block.append(take_line()).append(" HTTP/1.1\r\nHost: ");
    block.append(take_line()).append("\r\n");
    while (!rest.empty()) {
        const auto line = take_line();
        if (line.empty())
            continue;
        block.append(names[static_cast<unsigned char>(line.front()) % std::size(names)]).append(": ");
        block.append(line.substr(1)).append("\r\n");
    }
    block.append("\r\n");

    const client_address peer;
    exchange x(*all.svc, all.core, peer, true);
    if (pass_gate(block, all.svc->gate, x.head) || x.head.block.size() != block.size())
        return 0;
    x.start();
    const auto behind = pattern.match(x.head.path);
    x.path_parameter = behind.value_or("/");
    check_question(x, proxy_dialect::original_url);
    check_question(x, proxy_dialect::forwarded);
    if (behind)
        check_question(x, proxy_dialect::extended);
    all.domain.log.lines.clear();
    return 0;
}
