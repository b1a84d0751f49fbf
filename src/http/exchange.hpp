// One request and its answer, as a handler sees them.
//
// The answer is rendered straight into the core's output buffer, in order: begin(), any headers, then one of the
// finishing calls. Between begin() and the handler's return there must be no co_await: other connections of this core
// use the same buffer. A handler awaits first and renders last.
#pragma once

#include "core_context.hpp"
#include "problem.hpp"
#include "request_head.hpp"
#include "route_group.hpp"
#include "services.hpp"

#include <latchkey/secret.hpp>
#include <latchkey/session.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

class exchange {
public:
    static constexpr std::size_t longest_request_id = 64;

    // `h` is where the request's head will be, and outlives the exchange; the core's own does for whoever answers at
    // once.
    exchange(const services& s, core_context& core, const client_address& peer, bool peer_trusted,
             request_head& h) noexcept
        : svc(&s), head(h), core_(core), peer_(peer), peer_trusted_(peer_trusted) {}
    exchange(const services& s, core_context& core, const client_address& peer, bool peer_trusted) noexcept
        : exchange(s, core, peer, peer_trusted, core.head) {}

    // From the next start() on.
    void use(const services& s, bool peer_trusted) noexcept {
        svc = &s;
        peer_trusted_ = peer_trusted;
    }

    // Makes the exchange ready for the request in `head`.
    void start() noexcept;

    const services* svc;  // what is in force for this request
    request_head& head;
    std::optional<session_key> cookie_key;  // of the session that was looked ahead for, see identify.hpp
    std::string_view path_parameter;        // what the route's "{id}" stands for; views into the head
    secret body;                            // exactly Content-Length bytes where the route reads one
    bool keep_alive = true;                 // cleared by whoever wants the connection closed after the answer
    route_group group = route_group::none;  // of the route that was found
    bool for_programs = false;              // no page for anybody: the administrators' site
    bool token_refused = false;             // an access token came along that is none in force
    bool bearer_due = false;  // the rule that lets the request pass wants an access token for the upstream
    // Of an answer that others send at the same time: it stands behind what is in the output buffer, see finish().
    std::shared_ptr<const std::string> shared_content;
    // Set by a handler whose answer goes on with the revocations behind this position, see revocation_feed.hpp.
    std::optional<std::uint64_t> feed_position;

    bool from_trusted_proxy() const noexcept { return peer_trusted_; }
    const client_address& peer() const noexcept { return peer_; }  // whoever connected
    client_address client() const noexcept;                        // the peer, or whom a trusted proxy names
    client_address known_client() const noexcept;  // the same, but unknown where a trusted proxy names nobody in proper
    device client_device() const;
    secret device_token() const;  // what the device cookie says; empty without one, or with several
    std::string_view request_id() const noexcept { return {request_id_.data(), request_id_size_}; }
    scratch_texts& scratch() noexcept { return core_.scratch; }
    known_origins& origins() noexcept { return core_.origins; }
    core_counters& counters() noexcept { return core_.counters; }
    coarse_ms coarse_now() const noexcept { return core_.now; }

    // The answer. `content_type` empty: no body and Content-Length: 0 (or none at all for 204).
    void begin(unsigned status);
    unsigned status() const noexcept { return status_; }         // of the answer that was begun last
    void header(std::string_view name, std::string_view value);  // control bytes in `value` are left out (H10)
    std::string& raw_headers() noexcept { return core_.out; }    // for ready-made lines, each ended by CRLF
    void set_cookie(const opened_session& opened);  // with Max-Age, what is left of a remembered session's life
    void set_cookies(const signed_in& entered);     // both; the device's only when there is a new one
    void clear_cookie();
    void finish();
    void finish(std::string_view content_type, std::string_view content);
    void finish(std::string_view content_type, std::shared_ptr<const std::string> content);  // sent without a copy
    void finish_head(std::string_view content_type);  // of an answer without end: keep_alive must be false

    // Whole answers. A refusal is a problem document, or a page for a browser that wants to show one to somebody.
    void refuse(const problem& p, std::string_view detail = {}, std::string_view allow = {});
    void refuse(boost::system::error_code error);  // as to_problem() has it, with advice() as its detail
    void redirect(std::string_view location);      // 303
    // Before begin(), in place of no-store.
    void allow_cache() noexcept { caching_ = "public, max-age=300"; }
    void allow_revalidation() noexcept { caching_ = "no-cache"; }

private:
    bool wants_page() const noexcept;
    void finish_head(std::string_view content_type, std::size_t length);

    core_context& core_;
    const client_address& peer_;
    bool peer_trusted_;
    static constexpr std::string_view no_store = "no-store";
    std::string_view caching_ = no_store;
    unsigned status_ = 0;
    std::size_t answer_at_ = 0;  // behind answers to earlier requests that leave with this one
    std::array<char, longest_request_id + 2> request_id_{};  // with the end of its line
    std::size_t request_id_size_ = 0;
};

}  // namespace latchkey::http
