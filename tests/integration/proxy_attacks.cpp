#include "proxy_attacks.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>

namespace latchkey::test {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return text;
}

// "METHOD TARGET VERSION"
struct start_line {
    explicit start_line(const std::string& request) {
        const auto line = request.substr(0, request.find("\r\n"));
        method = line.substr(0, line.find(' '));
        target = line.substr(std::min(method.size() + 1, line.size()));
        target.resize(std::min(target.find(' '), target.size()));
    }
    std::string method, target;
};

// What the rules of proxied_site open to everybody, as an application would understand the request.
bool is_open(const std::string& request) {
    const start_line line(request);
    const auto path = loosest_path(line.target);
    return path.starts_with("/public/") || (line.method == "GET" && path.starts_with("/read/")) ||
           fields_of(request, "Host") == std::vector<std::string>{"open.example"};
}

bool is_for_others(const std::string& request) {
    const auto path = loosest_path(start_line(request).target);
    return path.starts_with("/admin/") || path.starts_with("/never/");
}

bool is(const std::vector<std::string>& values, const std::string& expected) {
    return values == std::vector{expected} || (values.empty() && expected.empty());
}

}  // namespace

const std::vector<std::string>& identity_names() {
    static const std::vector<std::string> names{"Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups",
                                                "Remote-Session"};
    return names;
}

std::vector<std::string> spellings(const std::string& name) {
    std::string upper = name, small = lower(name), mixed = small, underscored = name;
    for (std::size_t i = 0; i < name.size(); ++i) {
        upper[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[i])));
        mixed[i] = i % 2 == 0 ? small[i] : upper[i];
    }
    std::replace(underscored.begin(), underscored.end(), '-', '_');
    std::vector<std::string> all{name, upper, small, mixed};
    if (underscored != name)
        all.insert(all.end(), {underscored, lower(underscored)});
    return all;
}

attack_run::attack_run(proxied_site& site) : site_(site), cookie_(site.login(bob())), mine_(site.session_of(cookie_)) {
    site_.arrivals();
}

void attack_run::count(bool bypassed, const std::string& what) {
    ++attacks_;
    if (!bypassed)
        return;
    ++bypasses_;
    ADD_FAILURE() << site_.name() << ": " << testing::PrintToString(what.substr(0, 3000));
}

void attack_run::anonymous(const http_request& request) {
    anonymous(site_.wire(request));
}

void attack_run::anonymous(const std::string& bytes) {
    const auto response = site_.send(bytes, bytes.starts_with("HEAD "));
    judge_anonymous(bytes + " -> " + std::to_string(response.status), response.count("Remote-User") > 0);
}

void attack_run::judge_anonymous(const std::string& what, bool leaked) {
    const auto arrived = site_.arrivals();
    std::string faults = leaked ? "\nLatchkey's word leaked" : "";
    for (const auto& request : arrived) {
        for (const auto& name : identity_names())
            if (!is(fields_of(request, name), ""))
                faults += "\nidentity for nobody: " + request;
        if (!is_open(request))
            faults += "\nreached: " + request;
    }
    harmless_ += arrived.empty() ? 0 : 1;
    count(!faults.empty(), "anonymous: " + what + faults);
}

void attack_run::signed_in(http_request request, const std::string& forged) {
    request.headers = with_cookie(cookie_, std::move(request.headers));
    signed_in(site_.wire(request), forged);
}

void attack_run::signed_in(const std::string& bytes, const std::string& forged) {
    const auto response = site_.send(bytes, bytes.starts_with("HEAD "));
    judge_signed_in(bytes + " -> " + std::to_string(response.status), forged, response.count("Remote-User") > 0);
}

void attack_run::judge_signed_in(const std::string& what, const std::string& forged, bool leaked) {
    const auto arrived = site_.arrivals();
    std::string faults = leaked ? "\nLatchkey's word leaked" : "";
    for (const auto& request : arrived) {
        const bool as_bob = is(fields_of(request, "Remote-User"), mine_["user"]["id"]) &&
                            is(fields_of(request, "Remote-Email"), bob().email) &&
                            is(fields_of(request, "Remote-Name"), "") && is(fields_of(request, "Remote-Groups"), "") &&
                            is(fields_of(request, "Remote-Session"), mine_["id"]);
        if (!as_bob || is_for_others(request) ||
            (!forged.empty() && lower(request).find(lower(forged)) != request.npos))
            faults += "\nreached: " + request;
        for (const auto& value : fields_of(request, "Connection"))
            if (lower(value).find("remote") != std::string::npos)
                faults += "\nstill to be stripped by the application's server: " + request;
    }
    if (arrived.size() > 1)
        faults += "\nseveral requests out of one";
    harmless_ += arrived.empty() ? 0 : 1;
    count(!faults.empty(), "signed in: " + what + faults);
}

void attack_run::both(const http_request& request, const std::string& forged) {
    anonymous(request);
    signed_in(request, forged);
}

}  // namespace latchkey::test
