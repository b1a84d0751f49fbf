// F6. Cookies, oversize requests, bodies, methods, WebSockets: what an application needs to get, and nobody else may
// send it.
#include "proxy_attacks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace latchkey::test {
namespace {

std::string body_of(const std::string& request) {
    return request.substr(request.find("\r\n\r\n") + 4);
}

std::string chunked(const std::string& body, std::size_t step) {
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += step) {
        const auto part = body.substr(at, step);
        char size[20];
        std::snprintf(size, sizeof size, "%zx\r\n", part.size());
        out += size + part + "\r\n";
    }
    return out + "0\r\n\r\n";
}

// Bytes that no step on the way may take for its own.
std::string noise(std::size_t size) {
    std::string out(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        out[i] = static_cast<char>((i * 2654435761U) >> 13);
    return out;
}

}  // namespace

// CVE-2026-25748. And what the application has not got, it can't lose: the session stays outside.
void twist_cookies(attack_run& run) {
    const auto mine = "__Host-session=" + run.cookie();
    std::string flipped = run.cookie();
    flipped[20] = flipped[20] == 'A' ? 'B' : 'A';
    for (const std::string& field : {std::string("__Host-session"),
                                     std::string("__Host-session="),
                                     std::string("__Host-session=x"),
                                     "__Host-session=" + flipped,
                                     "__host-session=" + run.cookie(),
                                     "session=" + run.cookie(),
                                     mine + "x",
                                     mine + "=",
                                     mine.substr(0, mine.size() - 1),
                                     "__Host-session=\"" + run.cookie(),
                                     "__Host-session=%22" + run.cookie() + "%22",
                                     std::string(";;;;"),
                                     std::string("=;=;="),
                                     std::string("\xff\xfe"),
                                     mine + "; __Host-session=" + flipped,
                                     "__Host-session=" + flipped + "; " + mine,
                                     mine + " x",
                                     mine + "\x01",
                                     "__Host-session=" + std::string(4000, 'A'),
                                     "__Host-session[]=" + run.cookie(),
                                     "x" + mine,
                                     "$Version=1; " + mine + "x",
                                     "{\"__Host-session\":\"" + run.cookie() + "\"}"})
        run.anonymous(get("/private", {{"Cookie", field}}));
    run.anonymous(get("/private", {{"Cookie", mine}, {"Cookie", "__Host-session=" + flipped}}));
    run.anonymous(
        get("/private", {{"Cookie2", mine}, {"X-Cookie", mine}, {"Authorization", "Bearer " + run.cookie()}}));
    run.anonymous(get("/private?" + mine));
    run.anonymous(get("/private", {{"X-Forwarded-Cookie", mine}, {"Set-Cookie", mine}}));
    for (const auto& field :
         {mine, "a=b; " + mine, mine + "; a=b", "a=b; " + mine + "; c=d", "a=b;" + mine + ";c=d", "a=b;  " + mine})
        run.signed_in(run.site().wire(get("/", {{"Cookie", field}})), mine);
    run.signed_in(run.site().wire(get("/", {{"Cookie", mine}, {"Cookie", "a=b"}})), mine);
    run.signed_in(run.site().wire(get("/", {{"Cookie", "a=b"}, {"Cookie", mine}})), mine);
    // What marks a known device is none of the application's business either.
    const std::string device = "__Host-device=of-bob";
    for (const auto& field : {mine + "; " + device, device + "; " + mine, "a=b; " + mine + "; " + device + "; c=d",
                              device + "; a=b; " + mine, "a=b;" + device + ";" + mine})
        run.signed_in(run.site().wire(get("/", {{"Cookie", field}})), device);
    run.signed_in(run.site().wire(get("/", {{"Cookie", device}, {"Cookie", mine}})), device);
}

// CVE-2026-24513: whatever is wrong with the question, and whatever page answers it, it is no permission.
void overload_the_question(attack_run& run) {
    for (const std::size_t size : {1'000, 4'000, 7'000, 8'000, 9'000, 15'000, 16'000, 33'000, 70'000}) {
        run.both(get("/private/" + std::string(size, 'a')));
        run.both(get("/private?" + std::string(size, 'a')));
        run.anonymous(get("/private", {{"Cookie", "a=" + std::string(size, 'b')}}));
        run.both(get("/private", {{"X-Big", std::string(size, 'c')}}));
        run.signed_in(get("/admin/x?" + std::string(size, 'a')));
    }
    for (const std::size_t count : {50, 90, 99, 101, 120, 300}) {
        header_list many;
        for (std::size_t i = 0; i < count; ++i)
            many.emplace_back("X-Field-" + std::to_string(i), "y");
        run.both(get("/private", many));
        run.signed_in(get("/admin/x", many));
    }
    for (const std::string accept : {"text/html", "application/json", "*/*", ""})
        for (const std::string extra : {"", "XMLHttpRequest"})
            run.anonymous(get("/private", {{"Accept", accept}, {"X-Requested-With", extra}, {"Expect", "200-ok"}}));
}

// Go's proxies look for the end of a body that they have passed on. When the answer comes before they have, Caddy
// before 2.7 may cut it off: nothing that a guard before it could do, and a client tries again.
http_response answer_to_upload(proxied_site& site, const std::string& bytes) {
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
        try {
            return site.send(bytes);
        } catch (const std::runtime_error&) {
            if (attempt == attempts)
                throw;
            (void)site.arrivals();
        }
    }
}

void send_bodies(attack_run& run) {
    const auto& site = run.site();
    for (const std::size_t size : {1U, 4'096U, 16'384U, 65'537U, 1'048'576U}) {
        const auto body = noise(size);
        for (const std::string method : {"POST", "PUT", "PATCH"}) {
            if (size > 65'537 && method != "POST")
                continue;
            const auto framed = site.wire({method, "/upload", with_cookie(run.cookie()), body});
            const auto head = method + " /upload HTTP/1.1\r\nHost: " + site.host();
            const auto in_chunks = head + "\r\nTransfer-Encoding: chunked\r\nCookie: __Host-session=" + run.cookie() +
                                   "\r\n\r\n" + chunked(body, 7'001);
            for (const auto& bytes : {framed, in_chunks}) {
                const auto response = answer_to_upload(run.site(), bytes);
                const auto arrived = run.site().arrivals();
                run.count(response.status != 200 || arrived.size() != 1 || body_of(arrived[0]) != body ||
                              body_of(response.body) != body,
                          method + " of " + std::to_string(size) + " bytes, status " + std::to_string(response.status));
            }
            run.anonymous({method, "/upload", {}, body});
            run.anonymous({method, "/upload", {{"Expect", "100-continue"}}, body});
            run.anonymous(head + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(body, 7'001));
        }
    }
    // A trailer is no field of the header.
    run.signed_in("POST / HTTP/1.1\r\nHost: " + site.host() + "\r\nCookie: __Host-session=" + run.cookie() +
                      "\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n1\r\nx\r\n0\r\nRemote-Name: forged\r\n\r\n",
                  "forged");
}

void use_methods(attack_run& run) {
    const auto& site = run.site();
    for (const std::string method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        const auto response = site.ask({method, "/x?a=b&c=%2F", with_cookie(run.cookie()), {}});
        const auto arrived = run.site().arrivals();
        run.count(response.status != 200 || arrived.size() != 1 ||
                      !arrived[0].starts_with(method + " /x?a=b&c=%2F HTTP/1.1\r\n") ||
                      (method == "HEAD" && !response.body.empty()),
                  method + ", status " + std::to_string(response.status));
    }
    for (const std::string method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND",
                                     "REPORT", "PURGE", "CONNECT", "PRI", "ACL", "FAKED", "get", "GETX", "SEARCH"}) {
        run.anonymous({method, "/private", {}, {}});
        run.anonymous({method, "/private", {{"Access-Control-Request-Method", "GET"}, {"Origin", "http://x"}}, {}});
        run.signed_in({method, "/admin/x", {}, {}});
        run.signed_in({method, "/never/x", {{"X-HTTP-Method-Override", "OPTIONS"}}, {}});
    }
}

void open_websockets(attack_run& run) {
    const auto& site = run.site();
    const auto handshake = [&](const std::string& target, header_list extra) {
        header_list fields{{"Connection", "Upgrade"},
                           {"Upgrade", "websocket"},
                           {"Sec-WebSocket-Version", "13"},
                           {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
        fields.insert(fields.end(), extra.begin(), extra.end());
        return get(target, fields);
    };
    for (const std::string target : {"/", "/socket", "/socket/../x", "/login/../socket"})
        run.anonymous(handshake(target, {{"Origin", site.origin()}}));
    run.signed_in(handshake("/admin/x", {}));
    run.anonymous(get("/private", {{"Connection", "Upgrade, HTTP2-Settings"},
                                   {"Upgrade", "h2c"},
                                   {"HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"}}));
    // No other protocol takes the connection away from under the proxy.
    run.signed_in(get("/", {{"Connection", "Upgrade, HTTP2-Settings"},
                            {"Upgrade", "h2c"},
                            {"HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"}}),
                  "h2c");

    auto client = site.connect();
    client.send(site.wire(handshake("/socket", with_cookie(run.cookie()))));
    const auto opened = client.read_response();
    const std::string message = "\x81\x05hello";
    std::string echoed;
    if (opened.status == 101) {
        client.send(message);
        while (echoed.size() < message.size()) {
            const auto more = client.read_some();
            if (more.empty())
                break;
            echoed += more;
        }
    }
    const auto arrived = run.site().arrivals();
    run.count(opened.status != 101 || echoed != message || arrived.size() != 1 ||
                  fields_of(arrived[0], "Remote-Email") != std::vector{bob().email},
              "a WebSocket of somebody who is signed in, status " + std::to_string(opened.status));
}

// Each request is asked about: an open connection is no permission (V1).
void revoke_on_open_connections(attack_run& run) {
    const auto& site = run.site();
    for (int i = 0; i < 8; ++i) {
        const auto cookie = site.login(bob());
        const auto question = site.wire(get("/", with_cookie(cookie)));
        auto client = site.connect();
        client.send(question);
        const auto before = client.read_response();
        const auto let_in = run.site().arrivals();
        EXPECT_EQ(before.status, 200);
        EXPECT_EQ(let_in.size(), 1U);
        EXPECT_EQ(site.ask({"POST", "/logout", with_cookie(cookie), {}}).status, 204);
        client.send(question);
        const auto after = client.read_any_response();
        run.count(!run.site().arrivals().empty() || (after && after->status == 200), "revoked, on an open connection");
    }
    // People take turns on one connection: nothing of one is left for the next.
    const auto of_alice = site.login(alice());
    auto client = site.connect();
    for (int i = 0; i < 30; ++i) {
        client.send(site.wire(get("/", i % 3 == 0   ? header_list{}
                                       : i % 3 == 1 ? with_cookie(of_alice)
                                                    : with_cookie(run.cookie()))));
        const auto response = client.read_response();
        const auto arrived = run.site().arrivals();
        const auto& expected = i % 3 == 1 ? alice() : bob();
        run.count(i % 3 == 0
                      ? response.status == 200 || !arrived.empty()
                      : arrived.size() != 1 || fields_of(arrived[0], "Remote-Email") != std::vector{expected.email},
                  "turns on one connection");
    }
}

}  // namespace latchkey::test
