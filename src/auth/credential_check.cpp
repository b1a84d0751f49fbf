#include "credential_check.hpp"

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t longest_account = 254;  // bytes: an address has no more, and what is none needs no more

}  // namespace

task<result<std::optional<stored_user>>> credential_check::find(std::string_view typed) const {
    const auto parsed = email_address::parse(typed);
    const email_address& address = parsed ? *parsed : nobody_;
    auto work = [this, &address] { return parts_.users.find(address); };
    auto found = co_await offload(parts_.database, std::move(work));
    if (found && !parsed)
        found = std::optional<stored_user>{};
    co_return found;
}

task<result<std::optional<stored_user>>> credential_check::find(public_id id) const {
    auto work = [this, id] { return parts_.users.find(id); };
    co_return co_await offload(parts_.database, std::move(work));
}

task<result<password_attempt>> credential_check::admit(client_prefix client, std::string_view account,
                                                       const secret& device) const {
    if (parts_.hasher.saturated(client))
        co_return errc::overloaded;
    throttle_attempt attempt{client, account.substr(0, longest_account), std::nullopt};
    if (const auto known = parts_.devices.read(device.reveal()); known && parts_.devices.vouches(*known, account))
        attempt.device = known->id;
    const auto ticket = co_await parts_.attempts.admit(attempt);
    if (!ticket)
        co_return ticket.error();
    co_return password_attempt(parts_.attempts, *ticket, client);
}

task<result<judgement>> credential_check::judge(password_attempt attempt, const secret& password,
                                                const std::optional<stored_user>& known) const {
    if (!attempt.counted_by_)
        throw std::logic_error("an attempt judges one password");
    std::string phc = known ? known->password_hash : std::string{};
    auto checked = co_await parts_.hasher.verify(password, std::move(phc), attempt.client_);
    if (!checked && checked.error() == errc::unsupported_hash) {
        // The operator is told, the client isn't: the work of a comparison is done after all.
        tell(log_level::error, "unsupported_password_hash", *known, checked.error());
        std::string nobodys;
        checked = co_await parts_.hasher.verify(password, std::move(nobodys), attempt.client_);
    }
    if (!checked)
        co_return checked.error();
    const std::string_view reason = reason_against(known, *checked);
    co_return judgement(std::move(attempt), reason, checked->needs_rehash);
}

std::string_view credential_check::reason_against(const std::optional<stored_user>& known,
                                                  const verification& checked) noexcept {
    if (!known)
        return "unknown_user";
    if (known->password_hash.empty())
        return "no_password";
    if (!checked.matches)
        return "wrong_password";
    if (known->profile.disabled)
        return "disabled";
    return {};
}

task<void> credential_check::renew_hash(const secret& password, const stored_user& known, client_prefix client) const {
    boost::system::error_code error;
    try {
        const auto fresh = co_await parts_.hasher.hash(password, client);
        if (fresh) {
            auto work = [this, &known, &fresh] {
                return parts_.users.replace_password_hash(known.profile.id, known.password_hash, *fresh);
            };
            const auto replaced = co_await offload(parts_.database, std::move(work));
            error = replaced ? boost::system::error_code{} : replaced.error();
        } else {
            error = fresh.error();
        }
    } catch (const std::exception&) {
        error = errc::store_unavailable;
    }
    if (error)
        tell(log_level::warn, "password_rehash_failed", known, error);
}

void credential_check::tell(log_level level, std::string_view what, const stored_user& about,
                            const boost::system::error_code& error) const noexcept {
    char id[32];
    about.profile.id.write(id);
    char buffer[64];
    const char* text = error.category().message(error.value(), buffer, sizeof buffer);
    parts_.log.write(level, what, {{"user", std::string_view(id, sizeof id)}, {"error", std::string_view(text)}});
}

}  // namespace latchkey
