#include "redis_desk.hpp"

#include "account_failure.hpp"
#include "make_redis_throttle.hpp"
#include "redis_session_store.hpp"
#include "redis_setup.hpp"
#include "revocation_log.hpp"
#include "session_answers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t sessions_a_page = 1'000;
constexpr std::size_t most_throttles = 1'000;

class redis_desk final : public account_desk {
public:
    redis_desk(const config& options, std::unique_ptr<account_desk> users, const secret& installation, logger& log)
        : email_shown_(options.identity.remote_user == "email"), users_(std::move(users)), time_(make_system_clock()) {
        if (options.tokens.enabled)
            revoked_.emplace(*time_, options.tokens.access_lifetime);
        redis_session_store_options how{options.session, options.redis,
                                        make_redis_client_options(options.redis, "latchkey-cli"), email_shown_};
        sessions_ = make_redis_session_store(std::move(how), *time_, log, revoked_ ? &*revoked_ : nullptr);
        throttle_ = make_redis_throttle(sessions_->commands(), options.redis.prefix, options.throttle, installation,
                                        *time_, log);
    }

    attempt<user> find(const email_address& email) override { return users_->find(email); }
    attempt<std::vector<user>> users() override { return users_->users(); }
    attempt<user> add(user_draft draft) override { return users_->add(std::move(draft)); }

    attempt<user> change(const user& whom, user_patch patch) override {
        const bool ends = patch.password || patch.disabled.value_or(false);
        auto changed = users_->change(whom, std::move(patch));
        if (!changed)
            return changed;
        if (ends) {
            if (const auto ended = await(sessions_->erase_user(whom.id)); !ended)
                return store_failure(ended.error(), whom.email);
        } else if (const auto shown = await(sessions_->refresh(make_profile(*changed, email_shown_))); !shown) {
            return store_failure(shown.error(), whom.email);
        }
        return changed;
    }

    attempt<void> remove(const user& whom) override {
        if (auto removed = users_->remove(whom); !removed)
            return removed;
        if (const auto ended = await(sessions_->erase_user(whom.id)); !ended)
            return store_failure(ended.error(), whom.email);
        return {};
    }

    attempt<std::vector<listed_session>> sessions_of(const user& whom) override {
        return answer_of(await(sessions_->list(whom.id)));
    }
    attempt<void> each_session(const std::function<void(const std::vector<listed_session>&)>& read) override {
        return read_all_pages([this](const auto& after) { return await(sessions_->page(after, sessions_a_page)); },
                              read);
    }
    attempt<void> end_session(const public_id& id) override {
        return answer_of_end(await(sessions_->erase_anyones(id)), id);
    }
    attempt<std::size_t> end_sessions_of(const user& whom) override {
        return answer_of(await(sessions_->erase_user(whom.id)));
    }

    attempt<std::vector<throttle_entry>> throttles(const throttle_filter& which) override {
        return answer_of(await(throttle_->list(which, most_throttles)));
    }
    attempt<std::size_t> clear_throttles(const throttle_filter& which) override {
        return answer_of(await(throttle_->clear(which)));
    }

private:
    template <class T>
    static task<void> keep(task<T> work, std::optional<T>& out) {
        out.emplace(co_await std::move(work));
    }

    template <class T>
    T await(task<T> work) {
        std::optional<T> out;
        std::exception_ptr failed;
        boost::asio::co_spawn(io_, keep(std::move(work), out), [&failed](std::exception_ptr e) { failed = e; });
        io_.restart();
        io_.run();
        if (failed)
            std::rethrow_exception(failed);
        return *std::move(out);
    }

    const bool email_shown_;
    const std::unique_ptr<account_desk> users_;
    const std::unique_ptr<clock> time_;
    boost::asio::io_context io_{1};
    std::optional<revocation_log> revoked_;
    std::unique_ptr<redis_session_store> sessions_;
    std::unique_ptr<throttle> throttle_;
};

}  // namespace

std::unique_ptr<account_desk> make_redis_desk(const config& options, std::unique_ptr<account_desk> users,
                                              const secret& installation, logger& log) {
    return std::make_unique<redis_desk>(options, std::move(users), installation, log);
}

}  // namespace latchkey
