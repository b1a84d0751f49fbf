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
class text_writer {
public:
    explicit text_writer(char* at) noexcept : at_(at) {}
    text_writer& operator<<(std::string_view text) noexcept {
        at_ = std::copy(text.begin(), text.end(), at_);
        return *this;
    }

private:
    char* at_;
};

}  // namespace

void user_profile::append_remote_user(std::string& out) const {
    if (at_.email_is_who) {
        out.append(email());
        return;
    }
    std::array<char, 2 * sizeof id.bytes> digits;
    id.write(digits.data());
    out.append(digits.data(), digits.size());
}

void user_profile::append_identity_headers(std::string& out) const {
    out.append(before_user);
    append_remote_user(out);
    out.append(before_email).append(email());
    out.append(before_name).append(name());
    out.append(before_groups).append(groups().text()).append(behind_all);
}

void user_profile::operator delete(user_profile* dead, std::destroying_delete_t) noexcept {
    dead->~user_profile();
    ::operator delete(dead);
}

profile_ptr make_profile(const user& u, bool remote_user_is_email) {
    const std::size_t email = u.email.size();
    const std::size_t name = email + u.name.size();
    const std::size_t groups = name + joined_size(u.groups);
    if (groups > std::numeric_limits<std::uint16_t>::max())
        throw std::length_error("a user profile of more than 64 KiB");
    const auto place = [](std::size_t n) { return static_cast<std::uint16_t>(n); };

    // Nothing throws between the two: the block has an owner as soon as it is taken.
    void* const block = ::operator new(sizeof(user_profile) + groups);
    const profile_ptr profile(::new (block)
                                  user_profile(u, {place(email), place(name), place(groups), remote_user_is_email}));

    text_writer to(static_cast<char*>(block) + sizeof(user_profile));
    to << u.email << u.name;
    for (const std::string& group : u.groups)
        to << (&group == &u.groups.front() ? "" : ",") << group;
    return profile;
}

}  // namespace latchkey
