// F6. The same lies in HTTP/2, where the proxy translates: names that HTTP/1 would refuse, hosts said twice, cookies in
// pieces.
#include "child_process.hpp"
#include "proxy_attacks.hpp"

namespace latchkey::test {
namespace {

// By curl: the version and the status of the answer.
std::string curl(const proxied_site& site, const std::string& target, const std::vector<std::string>& arguments) {
    child_options options;
    options.argv = {"/usr/bin/curl", "-s", "--max-time", "20", "--http2-prior-knowledge",
                    "--path-as-is",  "-o", "/dev/null",  "-w", "%{http_version} %{http_code}"};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.argv.insert(options.argv.end(), {"-H", "Host: " + site.host()});
    options.argv.push_back("http://127.0.0.1:" + std::to_string(site.http2_port()) + target);
    return run_program(options).output;
}

}  // namespace

void speak_http2(attack_run& run) {
    const auto& site = run.site();
    if (site.http2_port() == 0)
        return;
    const auto mine = "Cookie: __Host-session=" + run.cookie();
    const auto hello = curl(site, "/", {"-H", mine});
    run.count(hello != "2 200" || run.site().arrivals().size() != 1, "somebody who is signed in: " + hello);
    const auto both = [&](const std::string& target, const std::vector<std::string>& fields,
                          const std::string& forged) {
        std::vector<std::string> arguments;
        for (const auto& field : fields)
            arguments.insert(arguments.end(), {"-H", field});
        const auto what = target + " with " + (fields.empty() ? std::string("nothing") : fields.front());
        run.judge_anonymous(what + " -> " + curl(site, target == "/" ? "/private" : target, arguments));
        arguments.insert(arguments.end(), {"-H", mine});
        run.judge_signed_in(what + " -> " + curl(site, target, arguments), forged);
    };
    for (const auto& name : identity_names()) {
        for (const auto& spelling : spellings(name))
            both("/", {spelling + ": forged"}, "forged");
        both("/", {name + ": forged", name + ": forged"}, "forged");
        both("/", {"Connection: " + name, name + ": forged"}, "forged");
        both("/", {"TE: trailers, " + name, "Trailer: " + name, name + ";"}, "forged");
    }
    for (const std::string field :
         {"X-Forwarded-Uri: /public/fake", "X-Original-URL: /public/fake", "X_Forwarded_Uri: /public/fake",
          "X-Forwarded-Host: open.example/public/fake", "Transfer-Encoding: chunked", "Upgrade: websocket",
          ":path: /public/fake", "X-Forwarded-Method: FAKED"})
        both("/", {field}, field.find("fake") != std::string::npos ? "/public/fake" : "faked");
    for (const std::string target :
         {"/admin/x", "//admin/x", "/public/../admin/x", "/public/%2e%2e/admin/x", "/public/..%2fadmin/x", "/%61dmin/x",
          "/login/../admin/x", "/admin/x?/public/x", "/public\\..\\admin\\x", "/public;/../admin/x", "/never/x"})
        both(target, {}, "");
    // RFC 9113 section 8.2.3 lets a browser send each cookie in a field of its own.
    run.judge_signed_in(
        "cookies in pieces -> " + curl(site, "/", {"-H", "Cookie: a=b", "-H", mine, "-H", "Cookie: c=d"}),
        "__Host-session=");
    run.judge_anonymous("two sessions in pieces -> " +
                        curl(site, "/private", {"-H", mine, "-H", "Cookie: __Host-session=" + std::string(43, 'A')}));
}

}  // namespace latchkey::test
