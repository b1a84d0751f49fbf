// What every user_store must do: a fixture over a factory. See sql_user_store_contract.cpp for an instantiation.
#pragma once

#include "recording_logger.hpp"
#include "temporary_directory.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/user_store.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::testing {

struct user_store_factory {
    std::string name;
    // An opened store; a second one for the same `directory` has the same users.
    std::function<std::unique_ptr<user_store>(const std::string& directory, const clock&, logger&)> make;
};

class user_store_contract : public ::testing::TestWithParam<user_store_factory> {
protected:
    std::unique_ptr<user_store> open() { return GetParam().make(directory.path(), clock, log); }

    static email_address email(const std::string& text) { return email_address::parse(text).value(); }
    // One change of one thing.
    static user_changes name(std::string value) {
        user_changes changes;
        changes.name = std::move(value);
        return changes;
    }
    static user_changes groups(std::vector<std::string> value) {
        user_changes changes;
        changes.groups = std::move(value);
        return changes;
    }
    static user_changes disabled(bool value) {
        user_changes changes;
        changes.disabled = value;
        return changes;
    }
    static user_changes password(std::string hash) {
        user_changes changes;
        changes.password_hash = std::move(hash);
        return changes;
    }
    static user_changes address(const std::string& text) {
        user_changes changes;
        changes.email = email(text);
        return changes;
    }
    stored_user read(const public_id& id) { return store->find(id).value().value(); }

    temporary_directory directory;
    manual_clock clock;
    recording_logger log;
    std::unique_ptr<user_store> store = open();
    const public_id nobody = public_id::parse("00000000000000000000000000000001").value();
};

}  // namespace latchkey::testing
