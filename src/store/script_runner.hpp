// Asks Redis for what the session store needs, with what every script is given, and checks the shape of what comes
// back. Whatever goes wrong is errc::store_unavailable, see script_asker.hpp. All members may be called from every
// thread.
#pragma once

#include "mutex.hpp"
#include "redis_records.hpp"
#include "redis_scripts.hpp"
#include "script_asker.hpp"
#include "session_record.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>
#include <latchkey/log.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace latchkey {

// A whole number among the items of an answer; 0 for anything else.
std::uint64_t number_of(const redis_reply& item) noexcept;

class script_runner {
public:
    struct options {
        std::string prefix;
        seconds news_kept{60};  // at least
        bool revoking = false;  // whether ends are revocations
        bool remote_user_is_email = false;
    };

    // All that is given outlives *this.
    script_runner(redis_client& client, const clock& now, logger& log, options how, const session_options& sessions);

    // Items: see redis_scripts.hpp; as many as it says for that word. `least`: of what only looks.
    task<result<redis_reply>> look(const redis_script& script, std::vector<std::string> arguments, std::size_t least);
    task<result<redis_reply>> change(const redis_script& script, std::vector<std::string> arguments,
                                     seconds leniency = seconds{0});

    // A session within an answer: user, id, record, profile.
    result<kept_session> session_in(const redis_reply& reply, std::size_t at) const;
    result<kept_session> session_in(std::string_view user, std::string_view id, std::string_view record,
                                    std::string_view profile) const;
    result<profile_ptr> profile_in(std::string_view user, std::string_view bytes) const;
    void malformed() const noexcept { asker_.malformed(); }

    // How many sessions there are, as far as is known.
    std::uint64_t total() const noexcept;
    void count(std::uint64_t total, std::uint64_t turn) noexcept;

    // Time-outs from now on; what was dead by those before stays so.
    void configure(const session_options& sessions) noexcept;
    // Tells Redis of the time-outs unless it knows them, and learns what must stay dead.
    task<result<void>> share_limits();
    // It may be another Redis than before: what it was told and what it counted means nothing any more.
    void begin_anew() noexcept;
    lifetimes limits() const noexcept;

private:
    std::vector<std::string> head(seconds leniency) const;

    const clock& clock_;
    script_asker asker_;
    const options options_;

    mutable mutex mutex_;
    lifetimes limits_ LATCHKEY_GUARDED_BY(mutex_);
    stamp floor_ LATCHKEY_GUARDED_BY(mutex_) = 0;             // who was last seen then or before is dead
    stamp remembered_floor_ LATCHKEY_GUARDED_BY(mutex_) = 0;  // likewise
    std::uint64_t changed_ LATCHKEY_GUARDED_BY(mutex_) = 1;   // times that the time-outs changed
    std::uint64_t shared_ LATCHKEY_GUARDED_BY(mutex_) = 0;    // of these, Redis knows
    std::uint64_t total_ LATCHKEY_GUARDED_BY(mutex_) = 0;
    std::uint64_t turn_ LATCHKEY_GUARDED_BY(mutex_) = 0;

public:
    const redis_scripts known;
};

}  // namespace latchkey
