// What a proxy asks about: the request that it holds back, as the header of its question tells of it.
//
// Three dialects say the same thing, and here they become one. A peer that is not trusted says nothing (requirement
// F1); what is missing, empty, repeated, malformed or could be read in two ways leaves the URL unknown (F2). Host and
// path are brought into canonical form once, before any rule sees them (F5). Lives within one synchronous step: its
// views point into the request's head, into itself and into the core's scratch texts, whose growth is its only
// allocation.
#pragma once

#include "exchange.hpp"
#include "target_host.hpp"
#include "target_path.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::http {

enum class proxy_dialect {
    original_url,  // nginx: X-Original-URL, X-Original-Method
    forwarded,     // Traefik, Caddy, HAProxy: X-Forwarded-Proto, -Host, -Uri and -Method
    extended,      // Envoy: X-Forwarded-Proto; the question's own Host, method, and path behind the route's prefix
};

class original_request {
public:
    original_request(exchange& x, proxy_dialect dialect);
    original_request(const original_request&) = delete;
    original_request& operator=(const original_request&) = delete;

    // What cannot be relied on; "" when all can. Where it is the method, the URL is known all the same.
    std::string_view fault() const noexcept { return fault_; }
    bool url_known() const noexcept { return paths_.has_value(); }

    // While url_known(). The URL as the client asked for it, in pieces; the rest is canonical.
    const std::array<std::string_view, 3>& url() const noexcept { return url_; }
    std::string_view host() const noexcept { return host_; }  // as canonical_host() has it
    std::span<const std::string_view> paths() const noexcept { return paths_->readings(); }
    // Upper case; "" when nobody said, or it is the fault.
    std::string_view method() const noexcept { return method_; }

private:
    struct named {
        std::string_view name, value;
    };
    void read_original_url(exchange& x);
    void read_pieces(exchange& x, const named& host, const named& target);
    void read_method(const exchange& x, field f, std::string_view name);
    bool take_host(std::string_view host, scratch_texts& scratch);
    bool take_path(std::string_view target, scratch_texts& scratch);

    std::string_view fault_, host_, method_;
    std::array<std::string_view, 3> url_{};
    std::optional<target_path> paths_;
};

}  // namespace latchkey::http
