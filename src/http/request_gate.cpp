#include "request_gate.hpp"

#include "field_rules.hpp"
#include "text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <cstring>

namespace latchkey::http {
namespace {

namespace beast = boost::beast;

std::string_view view(beast::string_view s) noexcept {
    return {s.data(), s.size()};
}

method to_method(beast::http::verb verb) noexcept {
    switch (verb) {
        case beast::http::verb::get:
            return method::get;
        case beast::http::verb::head:
            return method::head;
        case beast::http::verb::post:
            return method::post;
        case beast::http::verb::put:
            return method::put;
        case beast::http::verb::patch:
            return method::patch;
        case beast::http::verb::delete_:
            return method::delete_;
        case beast::http::verb::options:
            return method::options;
        case beast::http::verb::trace:
            return method::trace;
        case beast::http::verb::connect:
            return method::connect;
        default:
            return method::unknown;
    }
}

// Whether these bytes of a name are those of a known one, whatever the case of its letters. A name is a token (RFC 9110
// section 5.6.2, Beast has seen to that): among its characters only capital letters turn into letters or `-` this way.
template <class Word>
bool same_word(const char* name, const char* known) noexcept {
    Word a, b;
    std::memcpy(&a, name, sizeof a);
    std::memcpy(&b, known, sizeof b);
    return (a | static_cast<Word>(0x2020202020202020)) == b;
}

// `known`: in lower case, at least four characters, as many as in `name`. The last come first: names of one length
// mostly share their beginnings.
bool has_name(std::string_view name, std::string_view known) noexcept {
    const std::size_t size = known.size();
    if (size < 8)
        return same_word<std::uint32_t>(name.data() + size - 4, known.data() + size - 4) &&
               same_word<std::uint32_t>(name.data(), known.data());
    if (!same_word<std::uint64_t>(name.data() + size - 8, known.data() + size - 8))
        return false;
    for (std::size_t i = 0; i + 8 < size; i += 8)
        if (!same_word<std::uint64_t>(name.data() + i, known.data() + i))
            return false;
    return true;
}

field known_field(std::string_view name) noexcept {
    switch (name.size()) {
        case 6:
            if (has_name(name, "accept"))
                return field::accept;
            if (has_name(name, "expect"))
                return field::expect;
            return has_name(name, "origin") ? field::origin : field::count_;
        case 10:
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
            if (has_name(name, "x-original-url"))
                return field::x_original_url;
            if (has_name(name, "sec-fetch-site"))
                return field::sec_fetch_site;
            return has_name(name, "sec-fetch-mode") ? field::sec_fetch_mode : field::count_;
        case 15:
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
            if (has_name(name, "x-original-method"))
                return field::x_original_method;
            return has_name(name, "x-forwarded-proto") ? field::x_forwarded_proto : field::count_;
        case 18:
            return has_name(name, "x-forwarded-method") ? field::x_forwarded_method : field::count_;
        default:
            return field::count_;
    }
}

bool is_forwarded_for(std::string_view name) noexcept {
    constexpr std::string_view known = "x-forwarded-for";
    return name.size() == known.size() && has_name(name, known);
}

// Collects what the header says. Rules that need the whole header are applied afterwards, in finish().
class parser final : public beast::http::basic_parser<true> {
public:
    parser(const gate_options& options, request_head& head) noexcept : options_(options), head_(head) {
        // The block is complete and its size was checked: Beast's own bounds stay out of the way.
        header_limit(UINT32_MAX);
        body_limit(boost::none);
    }

    std::optional<problem> finish() noexcept;

private:
    using error_code = beast::error_code;

    void on_request_impl(beast::http::verb verb, beast::string_view method_text, beast::string_view target, int version,
                         error_code&) override {
        head_.verb = to_method(verb);
        head_.method_text = view(method_text);
        target_ = view(target);
        head_.http_1_0 = version == 10;
        head_.keep_alive = version == 11;
    }

    void on_field_impl(beast::http::field name, beast::string_view name_text, beast::string_view value_text,
                       error_code&) override {
        const std::string_view value = view(value_text);
        ++fields_;
        switch (name) {
            case beast::http::field::host:
                ++hosts_;
                host_ = value;
                return;
            case beast::http::field::content_length:
                ++content_lengths_;
                content_length_ = value;
                return;
            case beast::http::field::transfer_encoding:
                ++transfer_encodings_;
                transfer_encoding_ = value;
                return;
            case beast::http::field::connection:
                read_connection(value);
                return;
            case beast::http::field::cookie:
                read_cookies(value, options_.cookie_name, head_.session_cookie);
                return;
            default:
                if (is_forwarded_for(view(name_text)))
                    head_.client_chain.add(value);
                else
                    keep(known_field(view(name_text)), value);
        }
    }

    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}
    // Pure virtual in basic_parser<true> as well, though only responses have a status line.
    void on_response_impl(int, beast::string_view, int, error_code&) override {}

    void keep(field f, std::string_view value) noexcept {
        if (f == field::count_)
            return;
        const auto bit = request_head::bit(f);
        head_.repeated |= head_.present & bit;
        head_.present |= bit;
        head_.fields[static_cast<std::size_t>(f)] = value;
    }

    void read_connection(std::string_view list) noexcept {
        while (!list.empty()) {
            const auto option = trim(next_part(list, ','));
            if (iequals(option, "close"))
                closes_ = true;
            else if (iequals(option, "keep-alive") && head_.http_1_0)
                head_.keep_alive = true;
        }
    }

    const gate_options& options_;
    request_head& head_;
    std::string_view target_, host_, content_length_, transfer_encoding_;
    std::size_t fields_ = 0;
    unsigned hosts_ = 0, content_lengths_ = 0, transfer_encodings_ = 0;
    bool closes_ = false;
};

std::optional<problem> parser::finish() noexcept {
    if (target_.size() > options_.limits.target_bytes)
        return problems::target_too_long;
    if (fields_ > options_.limits.header_fields)
        return problems::header_too_large;

    // Framing (RFC 9112 section 6). Nothing but a plain, single Content-Length is ever accepted.
    if (transfer_encodings_ != 0) {
        const bool only_chunked = transfer_encodings_ == 1 && iequals(trim(transfer_encoding_), "chunked") &&
                                  content_lengths_ == 0 && !head_.http_1_0;
        return only_chunked ? problems::length_required : problems::bad_request;
    }
    if (content_lengths_ > 1)
        return problems::bad_request;
    if (content_lengths_ == 1) {
        const auto length = parse_content_length(content_length_);
        if (!length)
            return problems::bad_request;
        head_.content_length = *length;
    }

    // Host (RFC 9112 section 3.2). HTTP/1.0 knew no Host, so there it may be missing.
    if (hosts_ > 1 || (hosts_ == 0 && !head_.http_1_0) || (hosts_ == 1 && !is_valid_host(host_)))
        return problems::bad_request;

    head_.host = host_;

    if (closes_)
        head_.keep_alive = false;
    if (head_.verb == method::unknown)
        return problems::not_implemented;
    if (!split_target(target_, head_))
        return problems::bad_request;
    return std::nullopt;
}

}  // namespace

std::optional<problem> pass_gate(std::string_view block, const gate_options& options, request_head& head) noexcept {
    head = request_head{};
    head.block = block;
    parser parse(options, head);
    beast::error_code error;
    parse.put(boost::asio::const_buffer(block.data(), block.size()), error);
    // Beast also judges Content-Length and Transfer-Encoding; whatever displeases it is a malformed request.
    if (error == beast::http::error::bad_version && is_http_version(block))
        return problems::version_not_supported;
    if (error)
        return problems::bad_request;
    if (!parse.is_header_done())
        return problems::bad_request;
    return parse.finish();
}

}  // namespace latchkey::http
