#include "token_key_files.hpp"

#include "secret_file.hpp"
#include "wording.hpp"

#include <cerrno>
#include <optional>
#include <utility>

#include <sys/stat.h>

namespace latchkey {
namespace {

// Also where it cannot be told: reading it says why.
bool is_there(const std::string& path) {
    struct stat info {};
    return lstat(path.c_str(), &info) == 0 || errno != ENOENT;
}

refusal naming(const std::string& path, const refusal& why) {
    return {in_quotes(path) + ' ' + why.reason};
}

parsed<std::optional<signing_key>> load_if_there(const std::string& path, const token_options& options) {
    if (!is_there(path))
        return std::optional<signing_key>();
    auto key = load_token_key(path, options);
    if (!key)
        return naming(path, key.error());
    return std::optional<signing_key>(*std::move(key));
}

}  // namespace

std::string next_key_file(const token_options& options) {
    return options.key_file + ".next";
}

std::string retiring_key_file(const token_options& options) {
    return options.key_file + ".retiring";
}

parsed<signing_key> load_token_key(const std::string& path, const token_options& options) {
    const auto text = read_secret_file(path);
    if (!text)
        return text.error();
    auto key = signing_key::read(*text);
    if (!key)
        return refusal{"holds no key that can be used: it " + key.error().message()};
    if (name_of(key->algorithm()) != options.algorithm)
        return refusal{"holds a key for " + in_quotes(name_of(key->algorithm())) + ", and tokens.algorithm is " +
                       in_quotes(options.algorithm)};
    return *std::move(key);
}

parsed<std::shared_ptr<const token_keys>> load_token_keys(const token_options& options) {
    auto current = load_token_key(options.key_file, options);
    if (!current && !is_there(options.key_file))
        return refusal{in_quotes(options.key_file) + " is not there: make it with `latchkey key generate`"};
    if (!current)
        return naming(options.key_file, current.error());
    auto next = load_if_there(next_key_file(options), options);
    if (!next)
        return next.error();
    auto retiring = load_if_there(retiring_key_file(options), options);
    if (!retiring)
        return retiring.error();
    return std::make_shared<const token_keys>(*std::move(current), *std::move(next), *std::move(retiring));
}

}  // namespace latchkey
