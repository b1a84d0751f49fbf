#include "routes.hpp"

#include "body_format.hpp"

#include <string>
#include <string_view>

namespace latchkey::http {
namespace {

// Method names in the order of an Allow header.
constexpr std::pair<method, std::string_view> named_methods[] = {
    {method::get, "GET"},     {method::head, "HEAD"},      {method::post, "POST"},      {method::put, "PUT"},
    {method::patch, "PATCH"}, {method::delete_, "DELETE"}, {method::options, "OPTIONS"}};

bool is_same_path(const route& a, const route& b) noexcept {
    return a.path.text() == b.path.text();
}

// The first route whose path fits, whatever its methods; a null pointer when there is none.
const route* find_path(exchange& x, std::span<const route> table) noexcept {
    for (const auto& r : table) {
        if (const auto parameter = r.path.match(x.head.path)) {
            x.path_parameter = *parameter;
            return &r;
        }
    }
    return nullptr;
}

void refuse_method(exchange& x, std::span<const route> table, const route* found) {
    method_set allowed = 0;
    for (const auto& r : table)
        if (found && is_same_path(r, *found))
            allowed = static_cast<method_set>(allowed | r.allowed);
    std::string list;
    for (const auto& [verb, name] : named_methods)
        if (allowed & set_of(verb))
            list.append(list.empty() ? "" : ", ").append(name);
    x.refuse(problems::method_not_allowed, {}, list);
}

bool has_acceptable_body(const exchange& x, body_rule rule) noexcept {
    if (rule == body_rule::none)
        return true;
    if (x.head.is_repeated(field::content_type) || x.head.has(field::content_encoding))
        return false;
    if (!x.head.has(field::content_type))
        return rule == body_rule::optional && x.head.content_length == 0;
    const auto format = format_of(x.head[field::content_type]);
    const auto excluded = rule == body_rule::json   ? body_format::form
                          : rule == body_rule::form ? body_format::json
                                                    : body_format::unsupported;
    return format != body_format::unsupported && format != excluded;
}

}  // namespace

const route* find_route(exchange& x, std::span<const route> table) {
    x.path_parameter = {};
    const auto verb = x.head.verb;
    const route* const first = find_path(x, table);
    // Neither is ever meaningful here, whatever the target says (requirement H8).
    if (verb == method::trace || verb == method::connect) {
        refuse_method(x, table, first);
        return nullptr;
    }
    if (!first) {
        x.refuse(problems::not_found);
        return nullptr;
    }
    const route* found = first;
    const route* const end = table.data() + table.size();
    while (found != end && !(is_same_path(*found, *first) && found->accepts(verb)))
        ++found;
    if (found == end) {
        refuse_method(x, table, first);
        return nullptr;
    }
    const bool may_change = found->callers == site_rule::own && verb != method::get && verb != method::head;
    if (may_change && !x.svc->same_site.permits(x.head)) {
        x.refuse(problems::cross_site, "Use this server at " + x.svc->redirect.own_origin() + " only");
        return nullptr;
    }
    if (!has_acceptable_body(x, found->body)) {
        x.refuse(problems::unsupported_media_type);
        return nullptr;
    }
    return found;
}

const route* find_prompt_route(exchange& x, std::span<const route> table) noexcept {
    for (const auto& r : table) {
        if (!r.answer_at_once || !r.accepts(x.head.verb))
            continue;
        if (const auto parameter = r.path.match(x.head.path)) {
            x.path_parameter = *parameter;
            return &r;
        }
    }
    return nullptr;
}

}  // namespace latchkey::http
