// F6. What clients say of themselves in header fields: who they are, and where their request came from.
#include "proxy_attacks.hpp"

namespace latchkey::test {
namespace {

// A field by which a proxy, or somebody behind it, may tell of the original request; and a lie in it. Each lie would
// open a door if it were believed: see the rules of proxied_site.
struct lie {
    std::string name;
    std::string value;
    std::string marker;  // what of it must not arrive
};

std::vector<lie> lies(const proxied_site& site) {
    const std::string open = site.origin() + "/public/fake";
    return {
        {"X-Original-URL", open, "/public/fake"},
        {"X-Original-URL", "http://open.example/fake", "open.example"},
        {"X-Original-URI", "/public/fake", "/public/fake"},
        {"X-Original-Method", "FAKED", "faked"},
        {"X-Forwarded-Method", "FAKED", "faked"},
        {"X-Forwarded-Uri", "/public/fake", "/public/fake"},
        {"X-Forwarded-Uri", "/public/fake?x=1#y", "/public/fake"},
        {"X-Forwarded-Uri", "", ""},
        {"X-Forwarded-Host", "open.example", "open.example"},
        {"X-Forwarded-Host", "open.example:443, " + site.host(), "open.example"},
        {"X-Forwarded-Proto", "gopher", "gopher"},
        {"X-Forwarded-For", "203.0.113.9", "203.0.113.9"},
        {"X-Forwarded-For", "203.0.113.9, 127.0.0.1", "203.0.113.9"},
        {"X-Forwarded-Server", "open.example", "open.example"},
        {"X-Real-IP", "203.0.113.9", "203.0.113.9"},
        {"Forwarded", "for=203.0.113.9;host=open.example;proto=https", "203.0.113.9"},
        {"X-Rewrite-URL", "/public/fake", "/public/fake"},
    };
}

}  // namespace

// CVE-2025-64484 (underscores), CVE-2026-30851 and CVE-2026-52845 (no value of Latchkey's to overwrite it with),
// CVE-2024-45410 and CVE-2025-48865 (`Connection:` makes a proxy drop what it has just set).
void forge_identity(attack_run& run) {
    for (const auto& name : identity_names()) {
        for (const auto& spelling : spellings(name)) {
            run.both(get("/", {{spelling, "forged"}}), "forged");
            run.both(get("/", {{spelling, ""}, {spelling, "forged"}}), "forged");
            run.both(get("/", {{spelling + " ", "forged"}}), "forged");
            run.both(get("/", {{spelling + "\t", "forged"}}), "forged");
            run.both(get("/", {{spelling, "\xff forged"}}), "forged");
        }
        run.both(get("/", {{name, "forged"}, {name, "forged"}}), "forged");
        run.both(get("/", {{name, "forged, forged"}}), "forged");
        run.both(get("/", {{"X-Before", "x\r\n " + name + ": forged"}}), "");  // a folded line is no field
        run.both(get("/", {{"Connection", name}, {name, "forged"}}), "forged");
        run.both(get("/", {{"Connection", name}}), "");
        run.both(get("/", {{"Connection", "close, " + name}, {name, "forged"}}), "forged");
        run.both(get("/", {{"Connection", "keep-alive"}, {"Connection", name}, {name, "forged"}}), "forged");
        run.both(get("/", {{"Connection", "upgrade, " + name}, {"Upgrade", "websocket"}}), "");
        run.both(get("/", {{"Keep-Alive", name}, {"TE", "trailers"}, {"Proxy-Connection", name}, {name, "forged"}}),
                 "forged");
    }
    run.both(get("/", {{"Connection", "Cookie"}}));
    run.both(
        get("/", {{"Connection", "Cookie, Remote-User, Remote-Email, Remote-Name, Remote-Groups, Remote-Session"}}));
    for (const auto& spelling : spellings("Authorization"))
        for (const std::string value : {"Bearer forged", "Basic Ym9iOmJvYg==", "Bearer", "", "Bearer a, Bearer b"})
            run.both(get("/", {{spelling, value}}));
    run.both(get("/", {{"Authorization", "Basic eDp5"}, {"Authorization", "Bearer forged"}}));
    run.both(get("/", {{"Proxy-Authorization", "Basic eDp5"}, {"X-Auth-Request-User", "root"}}));
}

// CVE-2026-40575, GHSA-7x63-xv5r-3p2x; and a health check's name buys nothing: GHSA-5hvv-m4w4-gf6v.
void forge_forwarding(attack_run& run) {
    header_list at_once;
    for (const auto& [name, value, marker] : lies(run.site())) {
        at_once.emplace_back(name, value);
        for (const auto& spelling : spellings(name)) {
            run.anonymous(get("/private", {{spelling, value}}));
            run.signed_in(get("/", {{spelling, value}}), marker);
            run.signed_in(get("/admin/x", {{spelling, value}}));
        }
        run.anonymous(get("/private", {{name, value}, {name, value}}));
        run.signed_in(get("/admin/x", {{name, value}, {name, value}}));
        run.anonymous(get("/private", {{"Connection", name}, {name, value}}));
        run.signed_in(get("/admin/x", {{"Connection", name}, {name, value}}));
        run.signed_in(get("/never/x", {{"Connection", "close, " + name}}));
        run.anonymous(get("/private", {{"Connection", "close, " + name}}));
    }
    run.anonymous(get("/private", at_once));
    run.signed_in(get("/admin/x", at_once));
    for (const std::string method : {"GET", "HEAD", "OPTIONS"}) {
        run.anonymous(post_json("/read/x", "{}", {{"X-Forwarded-Method", method}}));
        run.anonymous(post_json("/read/x", "{}", {{"X-Original-Method", method}}));
        run.anonymous(post_json("/read/x", "{}", {{"X-HTTP-Method-Override", method}}));
    }
    for (const std::string agent : {"GoogleHC/1.0", "kube-probe/1.30", "ELB-HealthChecker/2.0", "HAProxy"})
        for (const std::string target : {"/private", "/", "/ping", "/health/ready", "/healthz"})
            run.anonymous(get(target, {{"User-Agent", agent}}));
}

}  // namespace latchkey::test
