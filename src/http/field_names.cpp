#include "field_names.hpp"

#include <cstring>
#include <type_traits>

namespace latchkey::http {
namespace {

// Whether these bytes of a name are those of a known one, whatever the case of its letters. Of all bytes only capital
// letters turn into letters this way, and only a CR, which no line holds, into `-`.
template <class Word>
bool same_word(const char* name, const char* known) noexcept {
    Word a, b;
    std::memcpy(&a, name, sizeof a);
    std::memcpy(&b, known, sizeof b);
    return (a | static_cast<Word>(0x2020202020202020)) == b;
}

// `known`: in lower case, at least four characters, as many as in `name`. The last come first: names of one length
// mostly share their beginnings.
template <std::size_t N>
bool has_name(std::string_view name, const char (&known)[N]) noexcept {
    constexpr std::size_t size = N - 1;
    using word = std::conditional_t<(size < 8), std::uint32_t, std::uint64_t>;
    constexpr std::size_t last = size - sizeof(word);
    if (!same_word<word>(name.data() + last, known + last))
        return false;
    for (std::size_t i = 0; i < last; i += sizeof(word))
        if (!same_word<word>(name.data() + i, known + i))
            return false;
    return true;
}

}  // namespace

named_field field_named(std::string_view name) noexcept {
    switch (name.size()) {
        case 4:
            return has_name(name, "host") ? gate_field::host : gate_field::other_;
        case 6:
            if (has_name(name, "cookie"))
                return gate_field::cookie;
            if (has_name(name, "accept"))
                return field::accept;
            if (has_name(name, "expect"))
                return field::expect;
            return has_name(name, "origin") ? field::origin : field::count_;
        case 10:
            if (has_name(name, "connection"))
                return gate_field::connection;
            return has_name(name, "user-agent") ? field::user_agent : field::count_;
        case 12:
            if (has_name(name, "content-type"))
                return field::content_type;
            return has_name(name, "x-request-id") ? field::x_request_id : field::count_;
        case 13:
            if (has_name(name, "authorization"))
                return field::authorization;
            if (has_name(name, "if-none-match"))
                return field::if_none_match;
            return has_name(name, "last-event-id") ? field::last_event_id : field::count_;
        case 14:
            if (has_name(name, "content-length"))
                return gate_field::content_length;
            if (has_name(name, "x-original-url"))
                return field::x_original_url;
            if (has_name(name, "sec-fetch-site"))
                return field::sec_fetch_site;
            return has_name(name, "sec-fetch-mode") ? field::sec_fetch_mode : field::count_;
        case 15:
            if (has_name(name, "x-forwarded-for"))
                return gate_field::forwarded_for;
            if (has_name(name, "x-forwarded-uri"))
                return field::x_forwarded_uri;
            return has_name(name, "accept-language") ? field::accept_language : field::count_;
        case 16:
            if (has_name(name, "x-forwarded-host"))
                return field::x_forwarded_host;
            if (has_name(name, "x-requested-with"))
                return field::x_requested_with;
            return has_name(name, "content-encoding") ? field::content_encoding : field::count_;
        case 17:
            if (has_name(name, "transfer-encoding"))
                return gate_field::transfer_encoding;
            if (has_name(name, "x-original-method"))
                return field::x_original_method;
            return has_name(name, "x-forwarded-proto") ? field::x_forwarded_proto : field::count_;
        case 18:
            return has_name(name, "x-forwarded-method") ? field::x_forwarded_method : field::count_;
        default:
            return field::count_;
    }
}

}  // namespace latchkey::http
