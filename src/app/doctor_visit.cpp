#include "doctor_visit.hpp"

#include "form_fields.hpp"
#include "host_name.hpp"
#include "wording.hpp"

#include <cstdlib>
#include <optional>

namespace latchkey {
namespace {

using http::web_url;

constexpr std::int64_t tolerable_skew = 5;  // seconds

void check_clock(const probe_answer& answer, const std::string& whose, std::int64_t now, findings& out) {
    if (!answer.date)
        return;
    const auto skew = *answer.date - now;
    if (std::llabs(skew) <= tolerable_skew)
        return;
    out.push_back({severity::warning, "clock_skew",
                   "The clock of " + whose + " is " + std::to_string(std::llabs(skew)) + " seconds " +
                       (skew > 0 ? "ahead of" : "behind") + " this machine's.",
                   "Have both follow a time server: time-outs and tokens depend on it."});
}

bool is_redirect(unsigned status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// "https://host/path" of an absolute URL: without query and fragment.
std::string without_query(const std::string& url) {
    return url.substr(0, url.find_first_of("?#"));
}

std::string query_of(const std::string& url) {
    const auto begin = url.find('?');
    return begin == std::string::npos ? std::string() : url.substr(begin + 1, url.find('#', begin) - begin - 1);
}

finding no_answer(const probe_answer& answer, const std::string& url) {
    if (answer.is_certificate_error)
        return {severity::fault, "certificate_refused",
                "The certificate of " + in_quotes(url) + " is not accepted: " + answer.error + '.',
                "Mend the certificate, or name the authority that signed it with --ca-file."};
    return {
        severity::fault, "no_answer", "There is no answer from " + in_quotes(url) + ": " + answer.error + '.',
        "Is the proxy running, and does the name lead to it? --connect HOST:PORT asks there, whatever the name says."};
}

// What a status that is neither 2xx nor a redirect says of the set-up.
finding dead_end(unsigned status, const std::string& url) {
    const std::string answer = in_quotes(url) + " is answered with " + std::to_string(status);
    switch (status) {
        case 401:
            return {severity::fault, "not_sent_to_login",
                    answer + " and no way to the login page: the proxy keeps Latchkey's answer to itself.",
                    "Have the proxy turn 401 into a redirect to the Location that Latchkey sends (nginx: error_page "
                    "401), or pass its redirect on."};
        case 403:
            return {
                severity::fault, "refused",
                answer + ": a rule denies it to everybody, or Latchkey was not told which URL is meant.",
                "See `latchkey access explain --anonymous --url …`, then server.trusted_proxies and the headers that "
                "the proxy sets; the log says forwarded_url_refused."};
        case 404:
            return {severity::fault, "not_found", answer + ": the proxy knows no such page.",
                    "Give the address of a page that the application has."};
        case 500:
        case 502:
        case 503:
        case 504:
            return {severity::fault, "proxy_fails",
                    answer +
                        ": the proxy does not get an answer that it understands from Latchkey or from the "
                        "application.",
                    "Read the proxy's error log; check the address that it asks Latchkey at."};
        default:
            return {severity::fault, "unexpected_status", answer + ", which no part of a login is.",
                    "Read the proxy's log."};
    }
}

// The `rd` that the login page is to lead back to, held against where we came from.
void check_return(const config& options, const std::string& login, const web_url& page, findings& out) {
    const auto rd = http::form_value(query_of(login), "rd");
    if (!rd || rd->empty()) {
        out.push_back(
            {severity::fault, "url_not_forwarded",
             "The login page does not know where people came from: Latchkey was not told the URL, or does not "
             "believe the proxy.",
             "Have the proxy set X-Original-URL (nginx) or X-Forwarded-Proto, -Host and -Uri (others), and "
             "name its address in server.trusted_proxies."});
        return;
    }
    // Latchkey's own pages are led back to by their path alone.
    const std::string text = http::is_local_path(*rd) ? options.server.public_url + *rd : *rd;
    const auto back = web_url::parse(text);
    if (!back)
        out.push_back({severity::fault, "url_malformed",
                       "The login page leads back to " + in_quotes(*rd) + ", which is no URL of a page.",
                       "Look at how the proxy builds the forwarded URL."});
    else if (back->is_https() != page.is_https() && back->host() == page.host())
        out.push_back({severity::fault, "scheme_lost",
                       "People come by " + std::string(page.is_https() ? "https" : "http") + ", and the proxy says " +
                           (back->is_https() ? "https" : "http") + '.',
                       "Another proxy in front of it takes care of TLS: have the inner one pass on that one's "
                       "X-Forwarded-Proto."});
    else if (back->origin() != page.origin())
        out.push_back(
            {severity::fault, "host_mismatch",
             "People come to " + in_quotes(page.origin()) + ", and the proxy says " + in_quotes(back->origin()) + '.',
             "Have the proxy forward the Host that the browser sent."});
    else
        out.push_back({severity::good, "sent_to_login",
                       "People without a session are sent to the login page, and back "
                       "to " +
                           in_quotes(*rd) + " afterwards.",
                       ""});
}

void check_login_page(const std::string& login_url, web_probe& probe, findings& out) {
    const auto answer = probe.get(login_url);
    if (!answer.error.empty()) {
        out.push_back(no_answer(answer, login_url));
    } else if (is_redirect(answer.status)) {
        out.push_back({severity::fault, "redirect_loop",
                       "The login page itself is answered with a redirect to " + in_quotes(answer.redirect) +
                           ": browsers go in circles.",
                       "Have the proxy pass /login on to Latchkey without asking it for permission."});
    } else if (answer.status != 200 || answer.body.find("name=\"password\"") == std::string::npos) {
        out.push_back({severity::fault, "login_not_served",
                       "At " + in_quotes(login_url) + " there is no login page but an answer of status " +
                           std::to_string(answer.status) + '.',
                       "Have the proxy pass /login, /logout, /account, /sessions and /assets/ on to Latchkey."});
    } else {
        out.push_back({severity::good, "login_served", "The login page is there.", ""});
        const std::string sheet = login_url.substr(0, login_url.rfind('/')) + "/assets/latchkey.css";
        const auto styled = probe.get(sheet);
        if (styled.status != 200 || !styled.content_type.starts_with("text/css"))
            out.push_back({severity::warning, "stylesheet_not_served",
                           "The login page has no style: " + in_quotes(sheet) + " is not served.",
                           "Have the proxy pass /assets/ on to Latchkey too."});
    }
}

struct where_to {
    std::string url;
    bool is_login = false;
};

// What the page's redirect is; nothing when the story ends here.
std::optional<where_to> follow(const config& options, const web_url& page, const probe_answer& answer, findings& out) {
    const std::string login = options.server.public_url + "/login";
    const std::string target = without_query(answer.redirect);
    if (target == login)
        return where_to{answer.redirect, true};
    const std::string here(without_query(std::string(page.text())));
    if (target == here) {
        out.push_back({severity::fault, "redirect_loop", "The page redirects to itself.",
                       "Look for a redirect in the proxy or the application that never ends."});
        return std::nullopt;
    }
    if (target.ends_with("/login")) {
        out.push_back(
            {severity::fault, "login_elsewhere",
             "People are sent to " + in_quotes(target) + ", but the login page is at " + in_quotes(login) + '.',
             "Is this the configuration of the running server? The address comes from server.public_url."});
        return std::nullopt;
    }
    return where_to{answer.redirect, false};
}

}  // namespace

findings check_server(const config& options, web_probe& direct, std::int64_t now) {
    findings out;
    const std::string& listen = options.server.listen.front();
    std::string url = "http://latchkey/health/ready", socket;
    if (listen.starts_with("unix:")) {
        socket = listen.substr(5);
    } else {
        auto where = parse_host_and_port(listen);
        if (!where)
            return out;
        if (where->host == "0.0.0.0" || where->host == "::")
            where->host = where->host == "::" ? "::1" : "127.0.0.1";
        const bool v6 = where->host.find(':') != std::string::npos;
        url = "http://" + (v6 ? '[' + where->host + ']' : where->host) + ':' +
              std::to_string(where->port.value_or(80)) + "/health/ready";
    }
    const auto answer = direct.get(url, socket);
    if (!answer.error.empty())
        out.push_back({severity::fault, "server_not_running",
                       "No server answers at " + in_quotes(listen) + ": " + answer.error + '.',
                       "Start it with `latchkey serve`, or give its configuration with --config."});
    else if (answer.status != 200)
        out.push_back({severity::fault, "server_not_ready",
                       "The server at " + in_quotes(listen) + " answers " + std::to_string(answer.status) +
                           " when asked whether it is ready.",
                       "Its log says why; it may be stopping, or without its database."});
    else
        out.push_back({severity::good, "server_ready", "The server at " + in_quotes(listen) + " is ready.", ""});
    check_clock(answer, "the server", now, out);
    return out;
}

findings check_visit(const config& options, const web_url& page, bool anybody_may, web_probe& probe, std::int64_t now) {
    findings out;
    std::string url(page.text());
    constexpr int most_hops = 5;
    for (int hop = 0;; ++hop) {
        const auto answer = probe.get(url);
        if (!answer.error.empty()) {
            out.push_back(no_answer(answer, url));
            return out;
        }
        if (hop == 0)
            check_clock(answer, "the proxy", now, out);
        if (answer.status >= 200 && answer.status < 300) {
            if (anybody_may)
                out.push_back({severity::good, "shown_to_anybody",
                               in_quotes(url) + " is shown to anybody, as a rule of yours says.", ""});
            else
                out.push_back(
                    {severity::fault, "not_guarded",
                     in_quotes(url) + " is shown to anybody: the proxy does not ask Latchkey about it.",
                     "Add the proxy's authorization lines to this place; the sample configurations show them."});
            return out;
        }
        if (!is_redirect(answer.status)) {
            out.push_back(dead_end(answer.status, url));
            return out;
        }
        const auto here = web_url::parse(url);
        const auto next = follow(options, here ? *here : page, answer, out);
        if (!next)
            return out;
        if (next->is_login) {
            check_return(options, next->url, here ? *here : page, out);
            check_login_page(without_query(next->url), probe, out);
            return out;
        }
        if (hop == most_hops || !web_url::parse(next->url)) {
            out.push_back({severity::fault, "redirect_loop",
                           "After " + std::to_string(hop + 1) + " redirects there is no end; the last one leads to " +
                               in_quotes(next->url) + '.',
                           "Look for redirects in the proxy and the application that lead to each other."});
            return out;
        }
        out.push_back({severity::note, "redirected", in_quotes(url) + " leads to " + in_quotes(next->url) + '.', ""});
        url = next->url;
    }
}

}  // namespace latchkey
