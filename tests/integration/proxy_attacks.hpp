// The attacks that every proxy's sample configuration must stand (requirement F6, and F1–F5 as seen from outside).
//
// One list for all. Each attack is counted; whether it got through is judged by what reached the application, never by
// what the proxy says. Nobody who is not signed in may reach anything but what the rules open to everybody, and nothing
// that a client says of itself may arrive beside, or in place of, what Latchkey says of it.
#pragma once

#include "proxied_site.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace latchkey::test {

// The five that applications believe.
const std::vector<std::string>& identity_names();
// A name as it may be written: upper, lower and mixed case, with underscores.
std::vector<std::string> spellings(const std::string& name);

class attack_run {
public:
    explicit attack_run(proxied_site& site);

    proxied_site& site() noexcept { return site_; }
    // Bob's: neither name nor groups, so nothing of Latchkey's to overwrite a forged one with.
    const std::string& cookie() const noexcept { return cookie_; }

    // Nobody is signed in: nothing guarded may be reached.
    void anonymous(const http_request& request);
    void anonymous(const std::string& bytes);
    // Bob is: what arrives is his, holds nothing of `forged`, and is not for administrators.
    void signed_in(http_request request, const std::string& forged = {});
    void signed_in(const std::string& bytes, const std::string& forged = {});
    // Both. Without a Cookie of its own.
    void both(const http_request& request, const std::string& forged = {});

    // The same for a request that was asked elsewhere, and has been answered.
    void judge_anonymous(const std::string& what, bool leaked = false);
    void judge_signed_in(const std::string& what, const std::string& forged, bool leaked = false);
    // An attack that a test judges itself.
    void count(bool bypassed, const std::string& what);
    int attacks() const noexcept { return attacks_; }
    int bypasses() const noexcept { return bypasses_; }
    // How many attacks reached the application as what they may be: an honest request.
    int harmless() const noexcept { return harmless_; }
    bool latchkey_was_away() const noexcept { return away_; }
    void take_away() noexcept { away_ = true; }

private:
    proxied_site& site_;
    std::string cookie_;
    nlohmann::json mine_;
    int attacks_ = 0, bypasses_ = 0, harmless_ = 0;
    bool away_ = false;
};

// The list, in parts.
void forge_identity(attack_run& run);
void forge_forwarding(attack_run& run);
void twist_paths(attack_run& run);
void twist_request_lines(attack_run& run);
void twist_cookies(attack_run& run);
void overload_the_question(attack_run& run);
void send_bodies(attack_run& run);
void use_methods(attack_run& run);
void open_websockets(attack_run& run);
void revoke_on_open_connections(attack_run& run);
void speak_http2(attack_run& run);
void take_latchkey_away(attack_run& run);

}  // namespace latchkey::test
