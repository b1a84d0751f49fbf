#include "filled_table.hpp"

#include "run_task.hpp"
#include "table_session_store.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

namespace latchkey::bench {
namespace {

constexpr std::size_t most_beside = 1 << 20;  // inserted by benchmarks while all others are there

template <class Id>
Id id_number(std::uint64_t n) noexcept {
    Id id;
    for (std::size_t i = 0; i < id.bytes.size(); i += 8) {
        const std::uint64_t word = mixed(n * 4 + i / 8);
        std::memcpy(id.bytes.data() + i, &word, 8);
    }
    return id;
}

session_options options_for(std::size_t sessions) {
    constexpr seconds decades{20LL * 365 * 86'400};
    session_options options;
    options.idle_timeout = options.absolute_timeout = filled_table::short_life;
    options.remembered_idle_timeout = options.remembered_absolute_timeout = decades;
    options.max_total = sessions + most_beside;
    options.max_per_user = sessions + most_beside;
    return options;
}

std::vector<profile_ptr> make_users(std::size_t count) {
    std::vector<profile_ptr> users;
    for (std::size_t i = 0; i < count; ++i) {
        user one;
        one.id = id_number<public_id>(~i);
        one.email = "user" + std::to_string(i) + "@example.com";
        one.name = "Some Body";
        one.groups = {"staff"};
        users.push_back(make_profile(one, false));
    }
    return users;
}

}  // namespace

std::uint64_t mixed(std::uint64_t n) noexcept {
    n += 0x9e3779b97f4a7c15ULL;
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9ULL;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebULL;
    return n ^ (n >> 31);
}

session_key key_number(std::uint64_t n) noexcept {
    return id_number<session_key>(n);
}

filled_table& filled_table::with(std::size_t sessions) {
    static std::unique_ptr<filled_table> kept;
    if (!kept || kept->sessions() != sessions) {
        kept.reset();
        kept = std::make_unique<filled_table>(sessions);
    }
    return *kept;
}

filled_table::filled_table(std::size_t sessions, std::size_t expiring)
    : sessions_(sessions),
      store_(make_memory_session_store(options_for(sessions + expiring), time_)),
      users_(make_users(std::max<std::size_t>(1, sessions / sessions_each))) {
    run([](filled_table& self, std::size_t all) -> task<void> {
        for (std::size_t n = 0; n < all; ++n)
            co_await self.insert(n, n < self.sessions_);
    }(*this, sessions + expiring));
}

task<void> filled_table::insert(std::uint64_t n, bool remembered) {
    new_session fresh;
    fresh.id = id_number<public_id>(n);
    fresh.user = users_[n % users_.size()];
    fresh.remembered = remembered;
    fresh.client.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
    const auto entered = co_await store_->insert(key_number(n), fresh);
    if (!entered)
        std::abort();
}

}  // namespace latchkey::bench
