#include "pages.hpp"

#include "embedded_pages.hpp"

#include <kainjow/mustache.hpp>

namespace latchkey::http {
namespace {

namespace mustache = kainjow::mustache;

// The library escapes & < > " and '; an absent or empty value makes its section disappear.
std::string render(std::string_view source, const mustache::data& content) {
    mustache::mustache page{std::string(source)};
    return page.render(content);
}

void set(mustache::data& content, const char* name, std::string_view value) {
    if (!value.empty())
        content.set(name, std::string(value));
}

}  // namespace

// Same-origin rather than no-referrer: under no-referrer browsers send "Origin: null" with our own forms.
pages::pages(const std::string& form_action)
    : headers_("Content-Security-Policy: default-src 'none'; style-src 'self'; form-action " + form_action +
               "; frame-ancestors 'none'; base-uri 'none'\r\nReferrer-Policy: same-origin\r\n") {
}

std::string pages::login(const login_page& content) const {
    mustache::data data;
    set(data, "message", content.message);
    set(data, "email", content.email);
    set(data, "rd", content.rd);
    data.set("remember", content.remember);
    return render(embedded::login_html, data);
}

std::string pages::account(const session& current) const {
    std::string groups;
    for (const auto& group : current.user->groups)
        groups.append(groups.empty() ? "" : ", ").append(group);
    mustache::data data;
    set(data, "email", current.user->email);
    set(data, "name", current.user->name);
    set(data, "groups", groups);
    set(data, "created", to_rfc3339(current.created_at));
    set(data, "expires", to_rfc3339(current.expires_at));
    return render(embedded::account_html, data);
}

std::string_view pages::stylesheet() noexcept {
    return embedded::latchkey_css;
}

}  // namespace latchkey::http
