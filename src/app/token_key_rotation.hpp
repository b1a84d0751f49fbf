// How the keys of access tokens move on: generated, then published as the next one, current, retiring, gone (J7).
//
// The files alone say how far a rotation has come, so one that was cut short is simply continued. After each step the
// server could start, or reload, and would sign and verify everything that it did before.
#pragma once

#include "failure.hpp"
#include "key_file_writer.hpp"
#include "signing_key.hpp"

#include <latchkey/clock.hpp>
#include <latchkey/config.hpp>

#include <optional>
#include <string>

namespace latchkey {

// For so long the oldest verifier may know the published keys without the newest: what /.well-known/jwks.json lets
// them keep it.
inline constexpr seconds publication_time{5 * 60};
// The longest an access token can live, whatever is configured.
inline constexpr seconds longest_access_lifetime{60 * 60};

// A key and when its file was written, which is when it came to its role.
struct dated_key {
    signing_key key;
    time_point since;
};

struct key_survey {
    std::optional<dated_key> current, next, retiring;

    // The current key is the retiring one too, or the next one still: a rotation was cut short.
    bool is_interrupted() const noexcept;
};

// What lies there. A failure when a file that is there cannot be used, see load_token_key(); a survey without a current
// key is none.
attempt<key_survey> survey_token_keys(const token_options& options);

// Why the keys should not be rotated at `now`: tokens would be refused somewhere. Empty: nothing speaks against it.
std::string rotation_obstacle(const key_survey& keys, time_point now);

// The same of removing the retiring key; its tokens live for `access_lifetime`.
std::string retirement_obstacle(const key_survey& keys, seconds access_lifetime, time_point now);

// The step that is due: the current key is kept as the retiring one, then the next one becomes current, then there is
// a new next one. Where there is no next key, one is made first, and at once becomes current. Durable when it returns;
// true: that was the last one. A failure when there is no current key or a file cannot be used or written.
attempt<bool> take_rotation_step(key_file_writer& writer, const token_options& options);

}  // namespace latchkey
