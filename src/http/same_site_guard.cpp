#include "same_site_guard.hpp"

#include <algorithm>

namespace latchkey::http {

same_site_guard::same_site_guard(std::string own_origin, std::vector<std::string> allowed)
    : origins_(std::move(allowed)) {
    origins_.push_back(std::move(own_origin));
}

bool same_site_guard::permits(const request_head& head) const noexcept {
    if (head.is_repeated(field::sec_fetch_site) || head.is_repeated(field::origin))
        return false;
    if (head.has(field::sec_fetch_site)) {
        const auto site = head[field::sec_fetch_site];
        if (site != "same-origin" && site != "same-site" && site != "none")
            return false;
    }
    return !head.has(field::origin) ||
           std::find(origins_.begin(), origins_.end(), head[field::origin]) != origins_.end();
}

}  // namespace latchkey::http
