// Where a browser may be sent after login or logout: the one allow-list for `rd` (requirements X2, X3).
//
// Allowed are paths of the public URL itself and absolute URLs on its origin or on a configured host, over https when
// the public URL is https. Anything else is not an error: the caller falls back to its default page.
#pragma once

#include <latchkey/config.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

class safe_redirect {
public:
    // Throws std::invalid_argument when public_url or an entry of allowed_hosts is malformed: the configuration's
    // checks have refused that before.
    safe_redirect(std::string_view public_url, const redirect_options& options);

    // The value for Location, or nothing when `rd` is empty, leads elsewhere or could be read in two ways. A path comes
    // back as it is; browsers resolve it against the public URL that they are on. What comes back passes again,
    // unchanged.
    std::optional<std::string> check(std::string_view rd) const;

    // The public URL's origin, "https://auth.example.com".
    const std::string& own_origin() const noexcept { return own_origin_; }

    // What a Content-Security-Policy's form-action must list so that browsers follow such a redirect after a form.
    std::string form_action_sources() const;

private:
    bool allows(std::string_view host, std::uint16_t port, std::uint16_t usual_port) const noexcept;

    struct allowed_host {
        std::string name;  // lower case; for a wildcard the part from the dot on
        bool wildcard = false;
        std::optional<std::uint16_t> port;  // nothing: the scheme's default
    };

    std::string own_origin_;
    bool require_https_ = false;
    std::vector<allowed_host> hosts_;
};

}  // namespace latchkey::http
