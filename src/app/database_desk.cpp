#include "database_desk.hpp"

#include "account_failure.hpp"
#include "argon2.hpp"
#include "database.hpp"
#include "database_access.hpp"
#include "installation_secret.hpp"
#include "make_throttle.hpp"
#include "session_answers.hpp"
#include "sql_throttle_store.hpp"
#include "sql_user_store.hpp"
#include "stored_sessions.hpp"

#include <iterator>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t page_size = 1'000;

database_options for_one_thread(database_options options) {
    options.pool_size = 1;
    return access_to(options);
}

class database_desk final : public account_desk {
public:
    database_desk(const config& options, logger& log)
        : password_{options.password.memory, options.password.iterations},
          time_(make_system_clock()),
          database_(open_database(for_one_thread(options.database))),
          users_(make_sql_user_store(database_, *time_, log)),
          throttle_(options.throttle),
          throttles_(make_sql_throttle_store(database_, log)),
          sessions_(database_, options.session, *time_, log) {}

    attempt<user> find(const email_address& email) override {
        auto found = users_->find(email);
        if (!found)
            return store_failure(found.error());
        if (!*found)
            return no_such_user(email.str());
        return std::move((*found)->profile);
    }

    attempt<std::vector<user>> users() override {
        std::vector<user> all;
        std::optional<public_id> after;
        do {
            auto page = users_->list(after, page_size);
            if (!page)
                return store_failure(page.error());
            std::move(page->users.begin(), page->users.end(), std::back_inserter(all));
            after = page->next;
        } while (after);
        return all;
    }

    attempt<user> add(user_draft draft) override {
        std::string hash;
        if (!draft.password.empty()) {
            auto made = hash_of(draft.password);
            if (!made)
                return made.error();
            hash = *std::move(made);
        }
        return told(users_->add(draft.email, draft.name, draft.groups, hash), draft.email.str());
    }

    attempt<user> change(const user& whom, user_patch patch) override {
        user_changes changes;
        changes.email = patch.email;
        changes.name = std::move(patch.name);
        changes.groups = std::move(patch.groups);
        changes.disabled = patch.disabled;
        if (patch.password) {
            auto hash = hash_of(*patch.password);
            if (!hash)
                return hash.error();
            changes.password_hash = *std::move(hash);
        }
        auto changed = users_->update(whom.id, changes);
        if (!changed && changed.error() == errc::already_exists && patch.email)
            return user_exists(patch.email->str());
        return told(std::move(changed), whom.email);
    }

    attempt<void> remove(const user& whom) override {
        if (auto removed = users_->remove(whom.id); !removed)
            return store_failure(removed.error(), whom.email);
        return {};
    }

    attempt<std::vector<listed_session>> sessions_of(const user& whom) override {
        return answer_of(sessions_.list(whom.id));
    }
    attempt<void> each_session(const std::function<void(const std::vector<listed_session>&)>& read) override {
        return read_all_pages([this](const auto& after) { return sessions_.page(after, page_size); }, read);
    }
    attempt<void> end_session(const public_id& id) override { return answer_of_end(sessions_.erase(id), id); }
    attempt<std::size_t> end_sessions_of(const user& whom) override { return answer_of(sessions_.erase_user(whom.id)); }

    attempt<std::vector<throttle_entry>> throttles(const throttle_filter& which) override {
        const auto held = stored_throttles();
        if (!held)
            return held.error();
        return (*held)->list(which, page_size);
    }

    attempt<std::size_t> clear_throttles(const throttle_filter& which) override {
        const auto held = stored_throttles();
        if (!held)
            return held.error();
        const std::size_t cleared = (*held)->clear(which);
        for (;;) {
            const auto changed = (*held)->take_changed(page_size);
            if (changed.empty())
                return cleared;
            if (const auto saved = throttles_->save(changed, (*held)->forgotten_before()); !saved)
                return store_failure(saved.error());
        }
    }

private:
    // What the next server will start with.
    attempt<std::unique_ptr<persistent_throttle>> stored_throttles() {
        const auto records = throttles_->load();
        if (!records)
            return store_failure(records.error());
        auto held = make_throttle(throttle_, load_installation_secret(*database_), *time_);
        held->restore(*records);
        return {boost::system::in_place_value, std::move(held)};
    }

    attempt<std::string> hash_of(const secret& password) const {
        auto hash = hash_password(password, password_);
        if (!hash)
            return failure{exit_refused, "overloaded", "There is not enough memory to hash a password."};
        return {boost::system::in_place_value, *std::move(hash)};
    }

    static attempt<user> told(result<user> outcome, const std::string& email) {
        if (!outcome)
            return store_failure(outcome.error(), email);
        return *std::move(outcome);
    }

    const argon2_parameters password_;
    const std::unique_ptr<clock> time_;
    const std::shared_ptr<sql_database> database_;
    const std::unique_ptr<user_store> users_;
    const throttle_options throttle_;
    const std::unique_ptr<throttle_store> throttles_;
    stored_sessions sessions_;
};

}  // namespace

std::unique_ptr<account_desk> make_database_desk(const config& options, logger& log) {
    return std::make_unique<database_desk>(options, log);
}

secret installation_of(const config& options) {
    return load_installation_secret(*open_database(for_one_thread(options.database)));
}

}  // namespace latchkey
