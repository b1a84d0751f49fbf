#include "redis_records.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t fixed_part = 77;
constexpr std::size_t longest_agent = 128;

template <std::size_t Size>
void put(std::string& out, std::uint64_t number) {
    for (std::size_t i = Size; i-- > 0;)
        out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

void put_text(std::string& out, std::string_view text) {
    put<2>(out, text.size());
    out += text;
}

// Takes fields off the front of what Redis gave; once something is missing, everything is.
class field_reader {
public:
    explicit field_reader(std::string_view bytes) noexcept : left_(bytes) {}

    std::uint64_t number(std::size_t size) noexcept {
        std::uint64_t value = 0;
        for (const char c : take(size))
            value = value << 8U | static_cast<unsigned char>(c);
        return value;
    }
    template <class Bytes>
    void fill(Bytes& out) noexcept {
        const std::string_view part = take(out.bytes.size());
        std::copy(part.begin(), part.end(), out.bytes.begin());
    }
    std::string_view text() noexcept { return take(static_cast<std::size_t>(number(2))); }
    std::string_view rest() noexcept { return take(left_.size()); }
    bool whole() const noexcept { return whole_; }

private:
    std::string_view take(std::size_t size) noexcept {
        if (size > left_.size()) {
            whole_ = false;
            left_ = {};
            return {};
        }
        const std::string_view part = left_.substr(0, size);
        left_.remove_prefix(size);
        return part;
    }

    std::string_view left_;
    bool whole_ = true;
};

}  // namespace

std::string write_record(const journal_entry& entry) {
    std::string out;
    out.reserve(fixed_part + entry.user_agent.size());
    for (const time_point at : {entry.created_at, entry.authenticated_at, entry.last_seen_at, entry.expires_at})
        put<4>(out, to_stamp(at));
    put<4>(out, 0);
    put<1>(out, entry.remembered ? 1 : 0);
    put<8>(out, 0);
    out.append(reinterpret_cast<const char*>(entry.ip.bytes.data()), entry.ip.bytes.size());
    out += bytes_of(entry.key);
    out += entry.user_agent;
    return out;
}

std::optional<kept_session> read_session(std::string_view user, std::string_view id, std::string_view record,
                                         const profile_ptr& profile) {
    const auto owner = read_id(user);
    const auto name = read_id(id);
    if (!owner || !name || !profile || profile->id != *owner || record.size() < fixed_part ||
        record.size() > fixed_part + longest_agent)
        return std::nullopt;
    kept_session out;
    out.user = profile;
    journal_entry& entry = out.entry;
    entry.id = *name;
    entry.user = *owner;
    field_reader fields(record);
    const auto second = [&fields] { return to_time(static_cast<stamp>(fields.number(4))); };
    entry.created_at = second();
    entry.authenticated_at = second();
    entry.last_seen_at = second();
    entry.expires_at = second();
    entry.rotated_at = second();
    entry.remembered = fields.number(1) % 2 == 1;
    out.ordinal = fields.number(8);
    fields.fill(entry.ip);
    fields.fill(entry.key);
    entry.user_agent = fields.rest();
    return out;
}

session kept_session::value(const lifetimes& limits) const {
    const stamp idle_end = later(to_stamp(entry.last_seen_at), limits.of(entry.remembered).idle);
    return {entry.id,
            user,
            entry.created_at,
            entry.authenticated_at,
            entry.last_seen_at,
            std::min(entry.expires_at, to_time(idle_end)),
            entry.expires_at,
            entry.remembered,
            entry.ip};
}

std::string write_profile(const user_profile& profile) {
    std::string out;
    put<8>(out, static_cast<std::uint64_t>(profile.version));
    put_text(out, profile.email());
    put_text(out, profile.name());
    for (const std::string_view group : profile.groups())
        put_text(out, group);
    return out;
}

profile_ptr read_profile(std::string_view id, std::string_view bytes, bool remote_user_is_email) {
    const auto name = read_id(id);
    if (!name)
        return nullptr;
    user owner;
    owner.id = *name;
    field_reader fields(bytes);
    owner.version = static_cast<std::int64_t>(fields.number(8));
    owner.email = fields.text();
    owner.name = fields.text();
    for (field_reader groups(fields.rest()); fields.whole();) {
        const std::string_view group = groups.text();
        if (group.empty() || !groups.whole())
            break;
        owner.groups.emplace_back(group);
    }
    // What goes into header lines obeys the rules for users, whoever wrote it.
    auto groups = canonical_groups(owner.groups);
    const bool plain = std::none_of(owner.email.begin(), owner.email.end(),
                                    [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; });
    if (!fields.whole() || owner.email.empty() || !plain || !validate_user_name(owner.name) || !groups ||
        *groups != owner.groups)
        return nullptr;
    return make_profile(owner, remote_user_is_email);
}

std::optional<public_id> read_id(std::string_view bytes) noexcept {
    public_id id;
    if (bytes.size() != id.bytes.size())
        return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
    return id;
}

std::vector<public_id> read_ids(std::string_view bytes) {
    constexpr std::size_t size = sizeof(public_id::bytes);
    std::vector<public_id> ids;
    for (; bytes.size() >= size; bytes.remove_prefix(size))
        ids.push_back(*read_id(bytes.substr(0, size)));
    std::sort(ids.begin(), ids.end());
    return ids;
}

}  // namespace latchkey
