#include "exchange.hpp"

#include "accept.hpp"
#include "body_format.hpp"
#include "text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace latchkey::http {
namespace {

constexpr std::string_view line_end = "\r\n";

bool is_well_formed_request_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= exchange::longest_request_id &&
           std::all_of(id.begin(), id.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

void append_number(std::string& out, std::size_t n) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
    out.append(digits.data(), end);
}

std::string problem_json(const problem& p, std::string_view detail, std::string_view request_id) {
    std::string out = "{\"status\":" + std::to_string(p.status);
    out.append(",\"code\":\"").append(p.code).append("\",\"title\":\"").append(p.title).append("\"");
    if (!detail.empty())
        out.append(",\"detail\":").append(nlohmann::json(detail).dump());
    return out.append(",\"request_id\":\"").append(request_id).append("\"}\n");
}

}  // namespace

void exchange::start() noexcept {
    keep_alive = head.keep_alive;
    caching_ = no_store;
    feed_position.reset();
    shared_content.reset();
    cookie_key.reset();
    token_refused = false;
    bearer_due = false;
    group = route_group::none;
    answer_at_ = core_.out.size();
    const auto given = head[field::x_request_id];
    if (peer_trusted_ && !head.is_repeated(field::x_request_id) && is_well_formed_request_id(given)) {
        std::copy(given.begin(), given.end(), request_id_.begin());
        request_id_size_ = given.size();
    } else {
        core_.request_ids.write_next(request_id_.data());
        request_id_size_ = 32;
    }
    std::copy(line_end.begin(), line_end.end(), request_id_.begin() + request_id_size_);
}

client_address exchange::client() const noexcept {
    return peer_trusted_ ? svc->proxies.client_of(peer_, head.client_chain) : peer_;
}

client_address exchange::known_client() const noexcept {
    return peer_trusted_ ? svc->proxies.known_client_of(peer_, head.client_chain) : peer_;
}

secret exchange::device_token() const {
    const auto only = svc->device.in(head).only();
    return only.empty() ? secret() : secret(only);
}

device exchange::client_device() const {
    return {client(), shorten_user_agent(head[field::user_agent])};
}

void exchange::begin(unsigned status) {
    status_ = status;
    if (svc->state.draining.load(std::memory_order_relaxed))
        keep_alive = false;
    auto& out = core_.out;
    out.resize(answer_at_);
    if (status == 200 && caching_.data() == no_store.data())
        out.append(core_.usual_head);
    else
        out.append("HTTP/1.1 ")
            .append(status_text(status))
            .append(core_.common_lines)
            .append(caching_)
            .append("\r\nX-Request-Id: ");
    out.append(request_id_.data(), request_id_size_ + line_end.size());
    if (!keep_alive)
        out.append("Connection: close\r\n");
    else if (head.http_1_0)
        out.append("Connection: keep-alive\r\n");
    if (status == 401 && token_refused)  // RFC 6750 section 3
        out.append("WWW-Authenticate: Bearer error=\"invalid_token\"\r\n");
}

void exchange::header(std::string_view name, std::string_view value) {
    auto& out = core_.out;
    out.append(name).append(": ");
    for (const char c : value)
        if ((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t')
            out.push_back(c);
    out.append("\r\n");
}

void exchange::set_cookie(const opened_session& opened) {
    std::optional<seconds> max_age;
    if (opened.value.remembered)
        max_age = opened.value.expires_at - svc->core.time.now();
    svc->cookie.append_set(core_.out, opened.token.reveal(), max_age);
}

void exchange::set_cookies(const signed_in& entered) {
    set_cookie(entered);
    if (!entered.device_token.empty())
        svc->device.append_set(core_.out, entered.device_token.reveal());
}

// Who signs out leaves no page behind either: what this browser keeps of the site would come up by its back button.
void exchange::clear_cookie() {
    svc->cookie.append_clear(core_.out);
    core_.out.append("Clear-Site-Data: \"cache\"\r\n");
}

void exchange::finish() {
    core_.out.append(status_ == 204 || status_ == 304 ? "\r\n" : "Content-Length: 0\r\n\r\n");
}

void exchange::finish(std::string_view content_type, std::string_view content) {
    finish_head(content_type, content.size());
    if (head.verb != method::head)
        core_.out.append(content);
}

void exchange::finish(std::string_view content_type, std::shared_ptr<const std::string> content) {
    finish_head(content_type, content->size());
    if (head.verb != method::head)
        shared_content = std::move(content);
}

void exchange::finish_head(std::string_view content_type, std::size_t length) {
    auto& out = core_.out;
    out.append("Content-Type: ").append(content_type).append("\r\nContent-Length: ");
    append_number(out, length);
    out.append("\r\n\r\n");
}

void exchange::finish_head(std::string_view content_type) {
    core_.out.append("Content-Type: ").append(content_type).append("\r\n\r\n");
}

// Proxies, probes and administrators' tools talk to programs whatever they say they accept; and whoever sends JSON is
// one.
bool exchange::wants_page() const noexcept {
    constexpr std::string_view not_for_people[] = {"/api/", "/oauth2/", "/health"};
    const auto is_below = [this](std::string_view place) { return head.path.starts_with(place); };
    return !for_programs && head.path.starts_with('/') &&
           std::none_of(std::begin(not_for_people), std::end(not_for_people), is_below) &&
           names_html(head[field::accept]) && format_of(head[field::content_type]) != body_format::json;
}

void exchange::refuse(const problem& p, std::string_view detail, std::string_view allow) {
    core_.counters.count_refusal(p.code);
    const page_texts* const words = wants_page() ? &svc->html.language(head[field::accept_language]) : nullptr;
    std::string content;
    if (words) {
        const error_page page{p.status, p.code, request_id()};
        content = svc->html.error(*words, page);
    } else {
        content = problem_json(p, detail, request_id());
    }
    begin(p.status);
    if (p.status == 405)  // RFC 9110 section 15.5.6: always, even when it is empty
        header("Allow", allow);
    if (p.code == problems::admin_token_required.code ||
        p.code == problems::caller_token_required.code)  // RFC 9110 section 15.5.2; the others are about cookies
        header("WWW-Authenticate", "Bearer");
    if (p.retry_after != 0)
        header("Retry-After", std::to_string(p.retry_after));
    if (words)
        raw_headers().append(svc->html.headers(*words));
    finish(words ? "text/html; charset=utf-8" : "application/problem+json", content);
}

void exchange::refuse(boost::system::error_code error) {
    refuse(to_problem(error), advice(error));
}

void exchange::redirect(std::string_view location) {
    begin(303);
    header("Location", location);
    finish();
}

}  // namespace latchkey::http
