#include "pages.hpp"

#include "accept.hpp"
#include "account_data.hpp"
#include "page_template.hpp"

#include <utility>

namespace latchkey::http {
namespace {

// `ours`: where style and pictures come from. Same-origin rather than no-referrer: under no-referrer browsers send
// "Origin: null" with our own forms.
std::string fixed_headers(const std::string& ours, const std::string& form_action) {
    return "Content-Security-Policy: default-src 'none'; style-src " + ours + "; img-src " + ours + "; form-action " +
           form_action +
           "; frame-ancestors 'none'; base-uri 'none'\r\n"
           "Referrer-Policy: same-origin\r\n"
           "X-Frame-Options: DENY\r\n"
           "Cross-Origin-Opener-Policy: same-origin\r\n"
           "Cross-Origin-Resource-Policy: same-origin\r\n";
}

// What the templates of one language have in common: {{lang}} and {{t.…}}.
page_data common_data(const page_texts& words) {
    page_data texts;
    for (const auto& [key, text] : words.all())
        texts.set(key, text);
    page_data out;
    out.set("lang", words.tag());
    out.set("t", texts);
    return out;
}

std::string with_language(const std::string& headers, const page_texts& words) {
    return headers + "Content-Language: " + words.tag() + "\r\nVary: Accept, Accept-Language\r\n";
}

// "auth.example.com"
std::string_view place_of(std::string_view origin) {
    return origin.substr(origin.find("://") + 3);
}

}  // namespace

struct pages::templates {
    explicit templates(const page_set& set)
        : login(set.files.at("login.html")), account(set.files.at("account.html")), error(set.files.at("error.html")) {
        for (const auto& words : set.languages)
            common.push_back(common_data(words));
    }

    // `words` is one of the set's.
    const page_data& common_of(const page_set& set, const page_texts& words) const {
        return common[static_cast<std::size_t>(&words - set.languages.data())];
    }

    page_template login, account, error;
    std::vector<page_data> common;  // in the order of the languages
};

pages::pages(const page_settings& settings, page_set_ptr set)
    : settings_(settings),
      set_(std::move(set)),
      templates_(std::make_unique<const templates>(*set_)),
      headers_(fixed_headers("'self'", settings.form_action)),
      headers_elsewhere_(fixed_headers(settings.origin, "'none'")),
      stylesheet_(set_->files.at("latchkey.css")),
      mark_(set_->files.at("mark.svg")) {
}
pages::~pages() = default;

const page_texts& pages::language(std::string_view accept_language) const noexcept {
    return set_->languages[choose_language(accept_language, set_->tags)];
}

std::string pages::headers(const page_texts& words) const {
    return with_language(headers_, words);
}

std::string pages::headers_elsewhere(const page_texts& words) const {
    return with_language(headers_elsewhere_, words);
}

std::string pages::login(const page_texts& words, const login_page& content) const {
    page_data data;
    put(data, "message", content.message);
    put(data, "notice", content.notice);
    put(data, "email", content.email);
    put(data, "rd", content.rd);
    if (!content.destination.empty())
        put(data, "continue_to", words.with("continue_to", {{"place", content.destination}}));
    put(data, "page_of", words.with("page_of", {{"place", place_of(settings_.origin)}}));
    data.set("wrong", content.wrong);
    data.set("remember", content.remember);
    return templates_->login.render(data, templates_->common_of(*set_, words));
}

std::string pages::account(const page_texts& words, const account_page& content) const {
    page_data data = account_data(words, content);
    put(data, "new_password_hint",
        words.with("new_password_hint", {{"n", std::to_string(settings_.min_password_length)}}));
    return templates_->account.render(data, templates_->common_of(*set_, words));
}

std::string pages::error(const page_texts& words, const error_page& content) const {
    const std::string status = std::to_string(content.status);
    page_data data;
    put(data, "status", status);
    put(data, "heading", words.or_else("heading." + status, content.status < 500 ? "heading.4xx" : "heading.5xx"));
    put(data, "message", message(words, content.code));
    put(data, "request_id", content.request_id);
    data.set("sign_in", content.status == 401);
    if (content.elsewhere)
        put(data, "base", settings_.origin);
    return templates_->error.render(data, templates_->common_of(*set_, words));
}

std::string pages::message(const page_texts& words, std::string_view code) const {
    const std::string key = "error." + std::string(code);
    return words.with(words[key].empty() ? "error.other" : key, {{"n", std::to_string(settings_.min_password_length)}});
}

}  // namespace latchkey::http
