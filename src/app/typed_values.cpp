#include "typed_values.hpp"

#include "admin_query.hpp"
#include "wording.hpp"

#include <algorithm>
#include <string_view>

namespace latchkey {

attempt<email_address> read_email(const std::string& typed) {
    auto email = email_address::parse(typed);
    if (!email)
        return failure{exit_usage, "invalid_email", in_quotes(typed) + " is not an email address."};
    return *std::move(email);
}

attempt<std::vector<std::string>> read_groups(const std::string& typed) {
    std::vector<std::string> groups;
    std::string_view rest = typed;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        auto name = rest.substr(0, comma);
        name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
        name = name.substr(0, name.find_last_not_of(' ') + 1);
        groups.emplace_back(name);
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    auto canonical = canonical_groups(std::move(groups));
    if (!canonical)
        return failure{exit_usage, "invalid_request",
                       in_quotes(typed) +
                           " is no list of groups: at most 64, separated by commas, each of up to 64 letters, "
                           "digits, '.', '_' or '-'."};
    return *std::move(canonical);
}

attempt<std::string> read_name(const std::string& typed) {
    if (!validate_user_name(typed))
        return failure{exit_usage, "invalid_request",
                       "A name is at most 128 bytes of UTF-8 text without control characters."};
    return {boost::system::in_place_value, typed};
}

attempt<public_id> read_session_id(const std::string& typed) {
    const auto id = public_id::parse(typed);
    if (!id)
        return failure{exit_usage, "invalid_request",
                       in_quotes(typed) + " is no session id: those are 32 digits and letters from a to f."};
    return *id;
}

attempt<std::string> read_throttle_id(const std::string& typed) {
    if (!public_id::parse(typed))  // of the same form
        return failure{exit_usage, "invalid_request",
                       in_quotes(typed) + " is no throttle's id: those are 32 digits and letters from a to f."};
    return {boost::system::in_place_value, typed};
}

attempt<client_prefix> read_client(const std::string& typed) {
    const auto client = http::read_prefix(typed);
    if (!client)
        return failure{exit_usage, "invalid_request",
                       in_quotes(typed) + " is neither an address nor an IPv6 network that ends in /64."};
    return *client;
}

}  // namespace latchkey
