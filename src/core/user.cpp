// What a user's name and groups may be, and the picture of the user that sessions share.
#include "utf8.hpp"

#include <latchkey/user.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace latchkey {
namespace {

constexpr bool is_group_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

bool is_group(const std::string& group) noexcept {
    return !group.empty() && group.size() <= longest_group && std::ranges::all_of(group, is_group_character);
}

void append_line(std::string& block, std::string_view name, std::string_view value) {
    block.append(name).append(": ").append(value).append("\r\n");
}

std::string identity_header_block(const user_profile& profile, bool remote_user_is_email) {
    std::string groups;
    for (const std::string& group : profile.groups)
        groups.append(groups.empty() ? "" : ",").append(group);

    // Every line, always: a missing one would let a copy that the client sent pass the proxy.
    std::string block;
    append_line(block, "Remote-User", remote_user_is_email ? profile.email : profile.id.str());
    append_line(block, "Remote-Email", profile.email);
    append_line(block, "Remote-Name", profile.name);
    append_line(block, "Remote-Groups", groups);
    return block;
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

profile_ptr make_profile(const user& u, bool remote_user_is_email) {
    boost::intrusive_ptr<user_profile> profile(new user_profile);
    profile->id = u.id;
    profile->email = u.email;
    profile->name = u.name;
    profile->groups = u.groups;
    profile->version = u.version;
    profile->identity_headers = identity_header_block(*profile, remote_user_is_email);
    return profile;
}

}  // namespace latchkey
