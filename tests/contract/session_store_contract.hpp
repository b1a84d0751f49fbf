// What every session_store must do, whatever it is made of: a fixture over a factory.
//
// To hold another store against the suite, instantiate session_store_contract, session_store_model and
// session_store_concurrent with its factory, session_store_durable if it keeps sessions, and session_store_beside_users
// if it keeps them where the users are; see table_session_store_contract.cpp.
#pragma once

#include "await.hpp"
#include "revocation_log.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/session_store.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>

namespace latchkey::testing {

// What a store is opened over, and what stays when it goes.
class session_store_backing {
public:
    virtual ~session_store_backing() = default;
    // The store before has gone.
    virtual std::unique_ptr<session_store> open(const session_options& options, const clock& now,
                                                revocation_log* revoked) = 0;

    // The rest is for stores that keep sessions. Sessions of users that were not added do not survive.
    virtual void add_user(const profile_ptr&) {}
    // From here to the next open() nothing that is written stays, as if the process were killed here.
    virtual void cut_off() {}
    // Whether every write fails from now on.
    virtual void fail(bool) {}
    // Sweeps until that changes nothing more. For a store that sweeps behind its caller's back.
    virtual void sweep_all(session_store& store) {
        for (int i = 0; i < 1000; ++i)
            store.sweep();
    }
};

// How many races the concurrent tests run. ThreadSanitizer goes by who waited for whom, not by what comes
// out, and so needs fewer; each takes it ten times as long.
#ifdef __SANITIZE_THREAD__
inline constexpr std::uint64_t many_races = 10'000;
#else
inline constexpr std::uint64_t many_races = 100'000;
#endif

struct session_store_factory {
    std::string name;
    std::function<std::unique_ptr<session_store_backing>()> make;
    bool durable = false;              // whether sessions survive, and so whether verbs wait for something
    std::uint64_t races = many_races;  // fewer for a store that waits for a disk
    seconds lag{0};                    // what is over for so long is swept
};

// The n-th of an endless row of keys, ids and users; the same for the same n.
session_key nth_key(std::uint64_t n);
public_id nth_id(std::uint64_t n);
profile_ptr nth_user(std::uint64_t n);
// Another picture of the same user.
profile_ptr renamed(const profile_ptr& known, std::string name, std::int64_t version);

class session_store_fixture : public ::testing::TestWithParam<session_store_factory> {
protected:
    // Makes an empty store with `options` as they are now; the old one goes.
    session_store& make() {
        store_.reset();
        backing_ = GetParam().make();
        return restart();
    }
    session_store& store() { return store_ ? *store_ : make(); }
    session_store_backing& backing() {
        store();
        return *backing_;
    }
    // The same store again, over what was kept.
    session_store& restart() {
        store_.reset();
        revoked_ = token_lifetime > seconds{0} ? std::make_unique<revocation_log>(clock, token_lifetime) : nullptr;
        store_ = backing_->open(options, clock, revoked_.get());
        return *store_;
    }
    // A restart that nobody had time to prepare.
    session_store& crash() {
        backing_->cut_off();
        return restart();
    }

    revocation_log& revoked() { return *revoked_; }
    // The numbers, up to 99, of the sessions that are listed as revoked, ascending.
    std::vector<std::uint64_t> listed() {
        std::vector<std::uint64_t> numbers;
        const revocation_list list = revoked().snapshot();
        for (std::uint64_t n = 0; n < 100; ++n)
            for (const revocation& one : list.entries)
                if (one.session == nth_id(n))
                    numbers.push_back(n);
        EXPECT_EQ(numbers.size(), list.entries.size());
        return numbers;
    }

    // Inserts session `n` of `user`; its key is nth_key(n), its id nth_id(n).
    result<session> insert(std::uint64_t n, profile_ptr user, bool remembered = false) {
        return insert_at(nth_key(n), n, std::move(user), remembered);
    }
    result<session> insert_at(const session_key& key, std::uint64_t n, profile_ptr user, bool remembered = false);

    std::optional<session> find(std::uint64_t n) { return run.await(store().find(nth_key(n))).value(); }
    bool alive(std::uint64_t n) { return find(n).has_value(); }
    std::optional<session> find_named(const profile_ptr& user, std::uint64_t n) {
        const public_id id = nth_id(n);
        return run.await(store().find(user->id, id)).value();
    }
    std::optional<session> find_rotated(std::uint64_t n) {
        const auto found = run.await(store().find_rotated(nth_key(n))).value();
        return found ? std::optional(found->value) : std::nullopt;
    }
    // How long ago nth_key(n) was rotated away.
    std::optional<seconds> rotated_ago(std::uint64_t n) {
        const auto found = run.await(store().find_rotated(nth_key(n))).value();
        return found ? std::optional(found->ago) : std::nullopt;
    }
    // From nth_key(n) to nth_key(fresh).
    std::optional<session> rotate(std::uint64_t n, std::uint64_t fresh) {
        return run.await(store().rotate(nth_key(n), nth_key(fresh))).value();
    }
    std::optional<session> refresh(std::uint64_t n, std::uint64_t fresh) {
        return run.await(store().rotate(nth_key(n), nth_key(fresh), rotation_cause::refreshed)).value();
    }
    std::optional<session> erase(std::uint64_t n) { return run.await(store().erase(nth_key(n))).value(); }
    std::size_t erase_user(const profile_ptr& user) { return run.await(store().erase_user(user->id)).value(); }
    std::vector<listed_session> list(const profile_ptr& user) { return run.await(store().list(user->id)).value(); }
    // Sweeps until that changes nothing more.
    void sweep_all();

    session_options options;
    seconds token_lifetime{300};  // zero: nobody asks for revocations
    manual_clock clock;
    runner run;
    std::deque<runner> runners;  // for threads of a test's own
    const profile_ptr alice = nth_user(1);
    const profile_ptr bob = nth_user(2);

private:
    std::unique_ptr<session_store_backing> backing_;
    std::unique_ptr<revocation_log> revoked_;
    std::unique_ptr<session_store> store_;
};

class session_store_contract : public session_store_fixture {};
class session_store_model : public session_store_fixture {};
class session_store_concurrent : public session_store_fixture {};
class session_store_durable : public session_store_fixture {
protected:
    session_store_durable() {
        for (const profile_ptr& user : {alice, bob})
            backing().add_user(user);
    }
};

// Whose sessions lie beside the users.
class session_store_beside_users : public session_store_durable {};

}  // namespace latchkey::testing
