// F6. Ways to write what is asked for, so that proxy, Latchkey and application might each read something else.
#include "proxy_attacks.hpp"

namespace latchkey::test {
namespace {

// `base`: "/private/x". Some of these are honest requests for something else, and then must be just that.
std::vector<std::string> twisted(const std::string& base) {
    const auto bare = base.substr(1);
    std::string encoded = "/%" + std::string(bare[0] == 'a' ? "61" : bare[0] == 'n' ? "6e" : "70") + bare.substr(1);
    std::vector<std::string> all{
        base,
        '/' + base,
        "//" + base,
        "/." + base,
        "/x/.." + base,
        "/./." + base,
        base + '/',
        base + "//",
        base + "/.",
        base + "/..;/public/x",
        base + "?/public/x",
        base + "#/public/x",
        base + "%23/public/x",
        base + "%3f/public/x",
        base + ";/public/x",
        base + "%3b/public/x",
        base + "%00/public/x",
        base + "%00",
        base + "%20",
        base + "%0a",
        base + "%0d%0aX-Forged:%20x",
        base + "/../public/../" + bare,
        base + "\\..\\public",
        encoded,
        "/" + bare + "%2f..%2fpublic%2fx",
        "/%2f" + bare,
        "/%5c" + bare,
        "/\\" + bare,
        "/;" + base,
        "/;x" + base,
        "/%2e" + base,
        "/%2e%2e" + base,
        "/.." + base,
        "/..;" + base,
        "/%2e%2e%2f" + bare,
        "/@" + base,
    };
    for (const std::string open : {"/public", "/public/x/..", "/login", "/login/x", "/account", "/sessions",
                                   "/assets/latchkey.css", "/assets", "/logout", "/.well-known"})
        for (const std::string step :
             {"/..",    "/%2e%2e",     "/.%2e",   "/%2E.", "/..;",  "/..;x=y",      "/;/..",
              "//..",   "/../..",      "\\..",    "%2f..", "%5c..", "/..%00",       "/%c0%ae%c0%ae",
              "/..%ff", "/%252e%252e", "%252f..", "/.. ",  "/..\t", "/%u002e%u002e"})
            all.push_back(open + step + base);
    for (const std::string open : {"/public/..", "/login/.."})
        for (const std::string slash : {"%2f", "%2F", "\\", "%5c", "%252f", "/;/", "//", "/%2f", "%c0%af"})
            all.push_back(open + slash + bare);
    return all;
}

}  // namespace

// F2, F5, CVE-2021-32637.
void twist_paths(attack_run& run) {
    for (const std::string base : {"/private/x", "/admin/x", "/never/x"})
        for (const auto& target : twisted(base)) {
            run.anonymous(get(target));
            if (base != "/private/x")
                run.signed_in(get(target));
        }
    for (const std::string target : {"/loginx",
                                     "/Login",
                                     "/LOGIN",
                                     "/login%20x",
                                     "/login.php",
                                     "/logoutx",
                                     "/sessionsx",
                                     "/assets/latchkey.cssx",
                                     "/assets/latchkey.css%00",
                                     "/assets/Latchkey.css",
                                     "/@login",
                                     "/account.x",
                                     "/xlogin",
                                     "/x/login",
                                     "/?/login",
                                     "/\xff",
                                     "/%ff",
                                     "/a\\b",
                                     "/%",
                                     "/%zz",
                                     "/%0",
                                     "/public",
                                     "/Public/x",
                                     "/publicx/y",
                                     "/PUBLIC/x"})
        run.anonymous(get(target));
    // Latchkey's own question cannot be asked from outside: not answered, and no way in.
    for (const std::string target :
         {"/latchkey/auth", "/latchkey/auth/", "//latchkey/auth", "/latchkey%2fauth", "/api/authz/auth-request",
          "/api/authz/forward-auth", "/api/authz/ext-authz/", "/api/authz/ext-authz/public/x", "/oauth2/auth",
          "/login/../api/authz/forward-auth", "/login/..%2fapi/authz/forward-auth", "/admin/users", "/health/ready"}) {
        run.both(get(target));
        run.both(get(target, {{"X-Original-URL", run.site().origin() + "/public/x"},
                              {"X-Forwarded-Uri", "/public/x"},
                              {"X-Forwarded-Host", run.site().host()},
                              {"X-Forwarded-Proto", "http"}}));
    }
}

// Absolute targets, several hosts, lines that only a lenient parser takes, and what hides a second request.
void twist_request_lines(attack_run& run) {
    const auto host = run.site().host();
    const auto ask = [&](const std::string& line, const std::string& head) {
        run.anonymous(line + "\r\n" + head + "\r\n\r\n");
        run.signed_in(line + "\r\n" + head + "\r\nCookie: __Host-session=" + run.cookie() + "\r\n\r\n");
    };
    for (const std::string path : {"/admin/x", "/never/x"})
        for (const std::string& authority :
             {host, std::string("open.example"), host + "@open.example", "open.example@" + host,
              "open.example:" + host.substr(host.find(':') + 1)}) {
            ask("GET http://" + authority + path + " HTTP/1.1", "Host: " + host);
            ask("GET http://" + authority + path + " HTTP/1.1", "Host: open.example");
            ask("GET http://" + authority + "/public/.." + path + " HTTP/1.1", "Host: " + host);
            ask("GET //" + authority + path + " HTTP/1.1", "Host: " + host);
            ask("GET " + path + " HTTP/1.1", "Host: " + authority + "\r\nHost: " + host);
            ask("GET " + path + " HTTP/1.1", "Host: " + host + ", " + authority);
            ask("GET " + path + " HTTP/1.1", "Host: " + authority + "/public/x?");
            ask("GET " + path + " HTTP/1.1", "Host: " + authority + "\\@" + host);
            ask("CONNECT " + authority + " HTTP/1.1", "Host: " + authority);
        }
    for (const std::string target : {"*", "private", "public/x", "", "?", "#", "http:", "http:/", "http://",
                                     "http:///private", "https://x/private", "file:///private", "/private /public/x"})
        for (const std::string verb : {"GET", "OPTIONS"})
            ask(verb + ' ' + target + " HTTP/1.1", "Host: " + host);
    for (const std::string line :
         {"GET /admin/x HTTP/1.0", "GET /admin/x", "get /admin/x HTTP/1.1", "GET  /admin/x HTTP/1.1",
          "GET\t/admin/x HTTP/1.1", " GET /admin/x HTTP/1.1", "GET /admin/x HTTP/2.0", "GET /admin/x HTTP/1.9",
          "GET /admin/x HTTP/1.1 HTTP/1.1", "GET /public/x HTTP/1.1 /admin/x", "\r\nGET /admin/x HTTP/1.1"})
        ask(line, "Host: " + host);
    const std::string hidden = "GET /private HTTP/1.1\r\nHost: " + host + "\r\nRemote-User: forged\r\n\r\n";
    const auto length = std::to_string(hidden.size());
    for (const std::string& framing : std::vector<std::string>{
             "Content-Length: " + length + "\r\nTransfer-Encoding: chunked",
             "Transfer-Encoding: chunked\r\nContent-Length: 5", std::string("Transfer-Encoding: xchunked"),
             std::string("Transfer-Encoding: chunked, identity"), std::string("Transfer-Encoding : chunked"),
             std::string("Transfer-Encoding:\x0b"
                         "chunked"),
             std::string("Transfer-Encoding: chunked\r\nTransfer-Encoding: x"), std::string("Content-Length: +0"),
             std::string("Content-Length: 0\r\nContent-Length: ").append(length),
             std::string("Content-Length: 0, ").append(length), std::string("Transfer_Encoding: chunked"),
             std::string("Content_Length: 0"), std::string("X: y\r\n Transfer-Encoding: chunked")}) {
        const std::string body = "0\r\n\r\n" + hidden;
        run.anonymous("POST /public/x HTTP/1.1\r\nHost: " + host + "\r\n" + framing + "\r\n\r\n" + body);
        run.anonymous("POST /login HTTP/1.1\r\nHost: " + host + "\r\n" + framing + "\r\n\r\n" + body);
    }
}

}  // namespace latchkey::test
