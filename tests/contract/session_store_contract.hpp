// What every session_store must do, whatever it is made of: a fixture over a factory.
//
// To hold another store against the suite, instantiate session_store_contract, session_store_model and
// session_store_concurrent with its factory; see memory_session_store_contract.cpp.
#pragma once

#include "await.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/session_store.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

namespace latchkey::testing {

struct session_store_factory {
    std::string name;
    std::function<std::unique_ptr<session_store>(const session_options&, const clock&)> make;
};

// The n-th of an endless row of keys, ids and users; the same for the same n.
session_key nth_key(std::uint64_t n);
public_id nth_id(std::uint64_t n);
profile_ptr nth_user(std::uint64_t n);

class session_store_fixture : public ::testing::TestWithParam<session_store_factory> {
protected:
    // Makes the store with `options` as they are now; the old one goes.
    session_store& make() {
        store_ = GetParam().make(options, clock);
        return *store_;
    }
    session_store& store() { return store_ ? *store_ : make(); }

    // Inserts session `n` of `user`; its key is nth_key(n), its id nth_id(n).
    result<session> insert(std::uint64_t n, profile_ptr user, bool remembered = false) {
        return insert_at(nth_key(n), n, std::move(user), remembered);
    }
    result<session> insert_at(const session_key& key, std::uint64_t n, profile_ptr user, bool remembered = false);

    std::optional<session> find(std::uint64_t n) { return run.await(store().find(nth_key(n))).value(); }
    bool alive(std::uint64_t n) { return find(n).has_value(); }
    std::optional<session> erase(std::uint64_t n) { return run.await(store().erase(nth_key(n))).value(); }
    std::size_t erase_user(const profile_ptr& user) { return run.await(store().erase_user(user->id)).value(); }
    std::vector<listed_session> list(const profile_ptr& user) { return run.await(store().list(user->id)).value(); }
    // Sweeps until that changes nothing more.
    void sweep_all();

    session_options options;
    manual_clock clock;
    runner run;
    const profile_ptr alice = nth_user(1);
    const profile_ptr bob = nth_user(2);

private:
    std::unique_ptr<session_store> store_;
};

class session_store_contract : public session_store_fixture {};
class session_store_model : public session_store_fixture {};
class session_store_concurrent : public session_store_fixture {};

}  // namespace latchkey::testing
