#include "token_key_rotation.hpp"

#include "quantity.hpp"
#include "token_key_files.hpp"
#include "wording.hpp"

#include <utility>

#include <sys/stat.h>

namespace latchkey {
namespace {

bool is_same(const std::optional<dated_key>& a, const std::optional<dated_key>& b) noexcept {
    return a && b && a->key.id() == b->key.id();
}

failure unusable(std::string sentence) {
    return {exit_usage, "token_key_unusable", std::move(sentence) + '.'};
}

attempt<std::optional<dated_key>> survey_one(const std::string& path, const token_options& options) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 && errno == ENOENT)
        return std::optional<dated_key>();
    auto key = load_token_key(path, options);
    if (!key)
        return unusable(in_quotes(path) + ' ' + key.error().reason);
    // A link would be replaced by a file, and what it leads to would go on being used elsewhere.
    if (!S_ISREG(info.st_mode))
        return unusable(in_quotes(path) + " is not a regular file: name the file itself in tokens.key_file");
    return std::optional<dated_key>({*std::move(key), time_point{seconds{info.st_mtim.tv_sec}}});
}

// How long ago `since` was, or nothing where that is not shorter than `least`. The future is not long ago.
std::optional<seconds> too_short(time_point since, time_point now, seconds least) {
    const seconds age = now - since;
    return age < least ? std::optional(age) : std::nullopt;
}

std::string age_text(seconds age) {
    return age < seconds{0} ? "in the future" : format_duration(age) + " ago";
}

signing_key new_key(const token_options& options) {
    return signing_key::generate(token_algorithm_named(options.algorithm).value());
}

}  // namespace

bool key_survey::is_interrupted() const noexcept {
    return is_same(next, current) || is_same(retiring, current);
}

attempt<key_survey> survey_token_keys(const token_options& options) {
    auto current = survey_one(options.key_file, options);
    if (!current)
        return current.error();
    auto next = survey_one(next_key_file(options), options);
    if (!next)
        return next.error();
    auto retiring = survey_one(retiring_key_file(options), options);
    if (!retiring)
        return retiring.error();
    if (!*current)
        return failure{
            exit_refused, "no_token_key",
            "There is no key in " + in_quotes(options.key_file) + ": make one with `latchkey key generate`."};
    return key_survey{*std::move(current), *std::move(next), *std::move(retiring)};
}

std::string rotation_obstacle(const key_survey& keys, time_point now) {
    if (keys.is_interrupted())
        return {};  // it was asked when the rotation began
    if (keys.retiring)
        if (const auto age = too_short(keys.retiring->since, now, longest_access_lifetime))
            return "The retiring key is so since " + age_text(*age) + ", and its tokens may live for an hour.";
    if (!keys.next)
        return "There is no next key: verifiers would not know the new one before they meet its tokens.";
    if (const auto age = too_short(keys.next->since, now, publication_time))
        return "The next key was made " + age_text(*age) + ", and verifiers may keep the keys they know for 5m.";
    return {};
}

std::string retirement_obstacle(const key_survey& keys, seconds access_lifetime, time_point now) {
    if (!keys.retiring || is_same(keys.retiring, keys.current))
        return {};
    if (const auto age = too_short(keys.retiring->since, now, access_lifetime))
        return "The retiring key is so since " + age_text(*age) + ", and its tokens live for " +
               format_duration(access_lifetime) + '.';
    return {};
}

attempt<bool> take_rotation_step(key_file_writer& writer, const token_options& options) {
    const auto keys = survey_token_keys(options);
    if (!keys)
        return keys.error();
    attempt<void> done;
    bool last = false;
    if (!keys->next) {
        done = writer.create(next_key_file(options), new_key(options).write());
    } else if (is_same(keys->next, keys->current)) {
        done = writer.replace(next_key_file(options), new_key(options).write());
        last = true;
    } else if (is_same(keys->retiring, keys->current)) {
        done = writer.replace(options.key_file, keys->next->key.write());
    } else {
        done = writer.replace(retiring_key_file(options), keys->current->key.write());
    }
    if (!done)
        return done.error();
    return last;
}

}  // namespace latchkey
