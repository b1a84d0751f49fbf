#include "proxied_site.hpp"

#include "expectations.hpp"
#include "free_port.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace latchkey::test {
namespace {

// Something for every kind of rule, so that a lie that is believed opens a door.
constexpr const char* rules = R"([
 {paths=["/never/*"], policy="deny"},
 {paths=["/admin/*"], groups=["admins"], policy="authenticated"},
 {paths=["/public/*"], policy="allow"},
 {paths=["/read/*"], methods=["GET"], policy="allow"},
 {domains=["open.example"], policy="allow"},
 {networks=["203.0.113.0/24"], policy="allow"},
])";

}  // namespace

proxied_site::proxied_site(const proxy_kind& kind) : kind_(kind), front_port_(free_port()) {
    server_setup setup;
    setup.config["server.public_url"] = '"' + origin() + '"';
    setup.config["session.max_per_user"] = "1000";
    setup.config["access.rules"] = rules;
    server_ = std::make_unique<latchkey_server>(setup);
    app_ = std::make_unique<header_echo_upstream>();
    proxy_ = kind_.start({front_port_, server_->port(), app_->port()});
}

std::string proxied_site::wire(http_request request) const {
    const auto is_host = [](const auto& field) { return iequals(field.first, "Host"); };
    if (std::none_of(request.headers.begin(), request.headers.end(), is_host))
        request.headers.emplace(request.headers.begin(), "Host", host());
    return request.wire();
}

http_response proxied_site::ask(const http_request& request) const {
    return send(wire(request), request.method == "HEAD");
}

http_response proxied_site::send(const std::string& bytes, bool to_head) const {
    auto client = connect();
    client.send(bytes);
    try {
        for (;;) {
            const auto response = client.read_any_response(to_head);
            if (!response || response->status >= 200 || response->status == 101)
                return response.value_or(http_response{});
        }
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string(error.what()) + "; asked: " + bytes.substr(0, 2'000));
    }
}

std::string proxied_site::login(const test_user& user) const {
    return cookie_of(ask(login_request(user)));
}

nlohmann::json proxied_site::session_of(const std::string& cookie) const {
    return json_of(ask(get("/sessions/whoami", with_cookie(cookie))));
}

std::vector<std::string> fields_of(const std::string& request, const std::string& name) {
    std::vector<std::string> out;
    const auto end = request.find("\r\n\r\n");
    for (auto at = request.find("\r\n") + 2; at < end + 2;) {
        const auto stop = request.find("\r\n", at);
        const auto line = request.substr(at, stop - at);
        at = stop + 2;
        auto key = line.substr(0, line.find(':'));
        std::replace(key.begin(), key.end(), '_', '-');
        if (!iequals(key, name))
            continue;
        auto value = line.substr(std::min(line.find(':') + 1, line.size()));
        value.erase(0, value.find_first_not_of(' '));
        out.push_back(value);
    }
    return out;
}

std::string loosest_path(const std::string& target) {
    std::string text;
    for (std::size_t i = 0; i < target.size() && target[i] != '?' && target[i] != '#'; ++i) {
        if (target[i] == '%' && i + 2 < target.size()) {
            text += static_cast<char>(std::stoi(target.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            text += target[i];
        }
    }
    std::replace(text.begin(), text.end(), '\\', '/');
    std::vector<std::string> segments;
    for (std::size_t at = 0; at < text.size();) {
        const auto stop = std::min(text.find('/', at), text.size());
        const auto segment = text.substr(at, stop - at);
        at = stop + 1;
        const auto plain = segment.substr(0, segment.find(';'));
        if (plain == ".." && !segments.empty())
            segments.pop_back();
        else if (!plain.empty() && plain != "." && plain != "..")
            segments.push_back(plain);
    }
    std::string out;
    for (const auto& segment : segments)
        out += '/' + segment;
    return out + (text.ends_with('/') || out.empty() ? "/" : "");
}

}  // namespace latchkey::test
