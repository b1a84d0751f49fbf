#include "session_store_contract.hpp"

#include <cstring>
#include <utility>

namespace latchkey::testing {
namespace {

template <class Bytes>
Bytes random_bytes(std::uint64_t seed) {
    std::mt19937_64 random(seed * 2654435761U + 12345);
    Bytes out;
    for (std::size_t i = 0; i < out.bytes.size(); i += 8) {
        const std::uint64_t word = random();
        std::memcpy(out.bytes.data() + i, &word, 8);
    }
    return out;
}

}  // namespace

session_key nth_key(std::uint64_t n) {
    return random_bytes<session_key>(n);
}
public_id nth_id(std::uint64_t n) {
    return random_bytes<public_id>(n + 1'000'000'007);
}

profile_ptr nth_user(std::uint64_t n) {
    user u;
    u.id = random_bytes<public_id>(n + 2'000'000'011);
    u.email = "user" + std::to_string(n) + "@example.com";
    u.name = "User " + std::to_string(n);
    u.groups = {"staff"};
    return make_profile(u, false);
}

profile_ptr renamed(const profile_ptr& known, std::string name, std::int64_t version) {
    user u;
    u.id = known->id;
    u.email = known->email();
    u.name = std::move(name);
    for (const std::string_view group : known->groups())
        u.groups.emplace_back(group);
    u.version = version;
    return make_profile(u, false);
}

result<session> session_store_fixture::insert_at(const session_key& key, std::uint64_t n, profile_ptr user,
                                                 bool remembered) {
    new_session fresh;
    fresh.id = nth_id(n);
    fresh.user = std::move(user);
    fresh.remembered = remembered;
    fresh.client.ip.bytes[15] = static_cast<std::uint8_t>(n);
    fresh.client.user_agent = "agent " + std::to_string(n % 7);
    return run.await(store().insert(key, fresh));
}

void session_store_fixture::sweep_all() {
    clock.advance(GetParam().lag);
    backing().sweep_all(store());
}

}  // namespace latchkey::testing
