// Who may see which URL: the access rules, compiled once and then only read.
//
// The first rule that matches decides; without one the default does. A policy never changes after it was made: any
// number of threads share it, and a reload puts a new one in its place. Deciding allocates nothing.
#pragma once

#include <latchkey/config.hpp>
#include <latchkey/session.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace latchkey {

// From mild to strict: where a URL can be read in two ways, the stricter outcome of the two counts.
enum class access_outcome {
    allow,   // whoever it is
    login,   // not before we know who it is
    forbid,  // not this user; not anybody where the policy is "deny"
};

// What is asked, in canonical form (see src/core/target_path.hpp). Views that live until decide() returns.
struct access_question {
    std::string_view host;                    // lower case, without port and trailing dot
    std::span<const std::string_view> paths;  // every reading of the path, at least one
    std::string_view method;                  // upper case
    client_address client;
    const user_profile* who = nullptr;  // null: anonymous
};

struct access_decision {
    access_outcome outcome = access_outcome::forbid;
    std::optional<std::size_t> rule;  // the one that decided, counted from 0; nothing: the default did
};

class access_policy {
public:
    virtual ~access_policy() = default;
    virtual access_decision decide(const access_question& question) const noexcept = 0;
    // Without any URL: what the default says.
    virtual access_outcome decide_by_default(const user_profile* who) const noexcept = 0;
};

}  // namespace latchkey
