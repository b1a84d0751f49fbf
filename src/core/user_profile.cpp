// The picture of a user that sessions share, and the header lines that it is made of.
#include <latchkey/user.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>

namespace latchkey {
namespace {

// Every line, always: a missing one would let a copy that the client sent pass the proxy.
constexpr std::string_view before_user = "Remote-User: ";
constexpr std::string_view before_email = "\r\nRemote-Email: ";
constexpr std::string_view before_name = "\r\nRemote-Name: ";
constexpr std::string_view before_groups = "\r\nRemote-Groups: ";
constexpr std::string_view behind_all = "\r\n";

std::size_t joined_size(const std::vector<std::string>& groups) noexcept {
    std::size_t size = groups.empty() ? 0 : groups.size() - 1;
    for (const std::string& group : groups)
        size += group.size();
    return size;
}

// Into memory that is large enough.
class line_writer {
public:
    explicit line_writer(char* at) noexcept : at_(at) {}
    line_writer& operator<<(std::string_view text) noexcept {
        at_ = std::copy(text.begin(), text.end(), at_);
        return *this;
    }

private:
    char* at_;
};

}  // namespace

std::string_view user_profile::email() const noexcept {
    return {lines() + at_.email, at_.name - before_name.size() - at_.email};
}

std::string_view user_profile::name() const noexcept {
    return {lines() + at_.name, at_.groups - before_groups.size() - at_.name};
}

group_list user_profile::groups() const noexcept {
    return group_list({lines() + at_.groups, at_.end - behind_all.size() - at_.groups});
}

void user_profile::operator delete(user_profile* dead, std::destroying_delete_t) noexcept {
    dead->~user_profile();
    ::operator delete(dead);
}

profile_ptr make_profile(const user& u, bool remote_user_is_email) {
    std::array<char, 2 * sizeof u.id.bytes> id{};
    u.id.write(id.data());
    const std::string_view who =
        remote_user_is_email ? std::string_view(u.email) : std::string_view(id.data(), id.size());

    const std::size_t email = before_user.size() + who.size() + before_email.size();
    const std::size_t name = email + u.email.size() + before_name.size();
    const std::size_t groups = name + u.name.size() + before_groups.size();
    const std::size_t end = groups + joined_size(u.groups) + behind_all.size();
    if (end > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error("a user profile of more than 4 GiB");
    const auto place = [](std::size_t n) { return static_cast<std::uint32_t>(n); };

    // Nothing throws between the two: the block has an owner as soon as it is taken.
    void* const block = ::operator new(sizeof(user_profile) + end);
    const profile_ptr profile(::new (block) user_profile(u, {place(email), place(name), place(groups), place(end)}));

    line_writer out(static_cast<char*>(block) + sizeof(user_profile));
    out << before_user << who << before_email << u.email << before_name << u.name << before_groups;
    for (const std::string& group : u.groups)
        out << (&group == &u.groups.front() ? "" : ",") << group;
    out << behind_all;
    return profile;
}

}  // namespace latchkey
