// A request head as Beast's parser reads it: what the gate is held against.
#pragma once

#include "request_head.hpp"
#include "text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::http {

struct beast_reading final : boost::beast::http::basic_parser<true> {
    using text = boost::beast::string_view;
    using error_code = boost::beast::error_code;

    std::string method_name;
    std::string target;
    bool http_1_0 = false;
    std::vector<std::pair<std::string, std::string>> fields;

    // Null when Beast refuses `block`, which is a whole one.
    static std::unique_ptr<beast_reading> of(std::string_view block) {
        auto out = std::make_unique<beast_reading>();
        out->header_limit(UINT32_MAX);
        out->body_limit(boost::none);
        error_code error;
        out->put(boost::asio::const_buffer(block.data(), block.size()), error);
        if (error || !out->is_header_done())
            out.reset();
        return out;
    }

    std::size_t count(std::string_view name) const {
        return static_cast<std::size_t>(
            std::count_if(fields.begin(), fields.end(), [&](const auto& f) { return iequals(f.first, name); }));
    }
    // The last one of this name.
    std::string_view operator[](std::string_view name) const {
        const auto at =
            std::find_if(fields.rbegin(), fields.rend(), [&](const auto& f) { return iequals(f.first, name); });
        return at == fields.rend() ? std::string_view{} : at->second;
    }

private:
    static std::string copy(text s) { return {s.data(), s.size()}; }
    void on_request_impl(boost::beast::http::verb, text method, text where, int version, error_code&) override {
        method_name = copy(method);
        target = copy(where);
        http_1_0 = version == 10;
    }
    void on_field_impl(boost::beast::http::field, text name, text value, error_code&) override {
        fields.emplace_back(copy(name), copy(value));
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(text, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}
    void on_response_impl(int, text, int, error_code&) override {}
};

inline bool names_proxy_connection(std::string_view block) {
    constexpr std::string_view name = "proxy-connection";
    return std::search(block.begin(), block.end(), name.begin(), name.end(),
                       [](char a, char b) { return to_lower(a) == b; }) != block.end();
}

// What the two disagree about in a block that the gate has let through; "" when nothing. Of what neither reads there is
// nothing to say; Proxy-Connection means something to Beast alone.
inline std::string disagreement(std::string_view block, const request_head& head) {
    const auto beast = beast_reading::of(block);
    const bool has_own_meaning = names_proxy_connection(block);
    if (!beast)
        return has_own_meaning ? "" : "Beast refuses it";
    if (beast->method_name != head.method_text || beast->http_1_0 != head.http_1_0)
        return "method or version";
    const std::string_view target = beast->target;
    const std::string_view path = target.substr(0, target.find('?'));
    if (!path.ends_with(head.path) && head.path != "/")
        return "path";
    if (beast->count("host") > 1 || (target.starts_with('/') && (*beast)["host"] != head.host))
        return "Host";
    if (beast->count("transfer-encoding") != 0 || beast->count("content-length") > 1)
        return "framing";
    const std::string_view length = (*beast)["content-length"];
    if (!length.empty() && length.find_first_not_of('0') != std::string_view::npos
            ? std::to_string(head.content_length) != length.substr(length.find_first_not_of('0'))
            : head.content_length != 0)
        return "Content-Length";
    if (head.keep_alive && !beast->keep_alive() && !has_own_meaning)
        return "keep-alive";
    const std::pair<field, const char*> read_here[] = {{field::authorization, "authorization"},
                                                       {field::x_original_url, "x-original-url"},
                                                       {field::x_original_method, "x-original-method"},
                                                       {field::x_forwarded_uri, "x-forwarded-uri"},
                                                       {field::x_forwarded_host, "x-forwarded-host"},
                                                       {field::content_type, "content-type"},
                                                       {field::origin, "origin"},
                                                       {field::x_request_id, "x-request-id"}};
    for (const auto& [which, name] : read_here)
        if (head[which] != (*beast)[name] || head.has(which) != (beast->count(name) > 0) ||
            head.is_repeated(which) != (beast->count(name) > 1))
            return name;
    return {};
}

}  // namespace latchkey::http
