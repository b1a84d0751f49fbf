// Leave to judge one password, and what came of it. There is no other way to judge one, whatever the use case
// (requirement L4, CVE-2026-9798): credential_check::admit() gives it, credential_check::judge() takes it.
//
// The throttle has counted it as a failure already. A password that turns out wrong leaves it at that; one that is
// never judged, or that is right but leads nowhere by no fault of the client's, is taken back when the object goes.
#pragma once

#include <latchkey/client_prefix.hpp>
#include <latchkey/throttle.hpp>

#include <string_view>
#include <utility>

namespace latchkey {

class password_attempt {
public:
    password_attempt(password_attempt&& other) noexcept
        : counted_by_(std::exchange(other.counted_by_, nullptr)), ticket_(other.ticket_), client_(other.client_) {}
    password_attempt& operator=(password_attempt&&) = delete;
    ~password_attempt();

private:
    friend class credential_check;
    friend class judgement;
    password_attempt(throttle& counted_by, const throttle_ticket& ticket, const client_prefix& client) noexcept
        : counted_by_(&counted_by), ticket_(ticket), client_(client) {}

    throttle* counted_by_;  // null: settled, or moved on
    throttle_ticket ticket_;
    client_prefix client_;
};

class judgement {
public:
    // Why these credentials open nothing; empty when they do.
    std::string_view reason() const noexcept { return reason_; }
    bool needs_rehash() const noexcept { return needs_rehash_; }

    // Only for a right password, each at most once. Neither: as if there had been no attempt.
    void succeeded() noexcept;  // it did what it was given for
    void stands() noexcept;     // it was right no more when it was to be used: a failure like others

private:
    friend class credential_check;
    judgement(password_attempt attempt, std::string_view reason, bool needs_rehash) noexcept;

    password_attempt attempt_;
    std::string_view reason_;
    bool needs_rehash_;
};

}  // namespace latchkey
