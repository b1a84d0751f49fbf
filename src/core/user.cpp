// What a user's name and groups may be.
#include "utf8.hpp"

#include <latchkey/user.hpp>

#include <algorithm>

namespace latchkey {
namespace {

constexpr bool is_group_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

bool is_group(const std::string& group) noexcept {
    return !group.empty() && group.size() <= longest_group && std::ranges::all_of(group, is_group_character);
}

}  // namespace

result<void> validate_user_name(std::string_view name) {
    if (name.size() > longest_user_name)
        return errc::invalid_request;
    while (!name.empty()) {
        const auto c = take_code_point(name);
        if (!c || is_control(*c))
            return errc::invalid_request;
    }
    return {};
}

result<std::vector<std::string>> canonical_groups(std::vector<std::string> groups) {
    if (!std::ranges::all_of(groups, is_group))
        return errc::invalid_request;
    std::ranges::sort(groups);
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    if (groups.size() > most_groups)
        return errc::invalid_request;
    return groups;
}

}  // namespace latchkey
