#include "named_files.hpp"

#include "config_key.hpp"
#include "redis_stream.hpp"
#include "secret_file.hpp"
#include "token_key_files.hpp"
#include "wording.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

bool is_anothers(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && info.st_uid != 0 && info.st_uid != ::geteuid();
}

class file_checker {
public:
    file_checker(loaded_config& loaded, bool inspecting)
        : loaded_(loaded), not_asked_(inspecting && ::geteuid() == 0) {}

    void check_token(std::string_view key, const std::string& path) { check_secret(key, path, read_secret_file); }
    void check_password(std::string_view key, const std::string& path) { check_secret(key, path, read_password_file); }

    void check_certificates(std::string_view key, const std::string& path) {
        if (path.empty())
            return;
        if (const auto fault = ca_file_fault(path); !fault.empty())
            add(key, in_quotes(path) + " holds no certificates that can be read: " + fault);
    }

    void check_keys(std::string_view key, const token_options& options) {
        for (const auto& path : {options.key_file, next_key_file(options), retiring_key_file(options)})
            if (leave_to_owner(key, path))
                return;
        if (const auto keys = load_token_keys(options); !keys)
            add(key, keys.error().reason);
    }

private:
    void check_secret(std::string_view key, const std::string& path, parsed<secret> (*read)(const std::string&)) {
        if (path.empty() || leave_to_owner(key, path))
            return;
        if (const auto content = read(path); !content)
            add(key, in_quotes(path) + ' ' + content.error().reason);
    }

    bool leave_to_owner(std::string_view key, const std::string& path) {
        if (!not_asked_ || !is_anothers(path))
            return false;
        const config_fault found{place_of(key), std::string(key),
                                 in_quotes(path) + " belongs to another user than root: to have it checked, run this " +
                                     "command as that user"};
        loaded_.warnings.push_back(found.text());
        return true;
    }

    void add(std::string_view key, std::string reason) {
        loaded_.faults.push_back({place_of(key), std::string(key), std::move(reason)});
    }

    config_place place_of(std::string_view path) const {
        const auto keys = config_keys();
        const auto it = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.path() == path; });
        return loaded_.places.at(static_cast<std::size_t>(it - keys.begin()));
    }

    loaded_config& loaded_;
    const bool not_asked_;
};

}  // namespace

void check_named_files(loaded_config& loaded, bool inspecting) {
    const config& options = loaded.values;
    file_checker files(loaded, inspecting);
    files.check_token("server.admin_token_file", options.server.admin_token_file);
    files.check_password("database.password_file", options.database.password_file);
    if (options.session.store == "redis") {
        files.check_password("redis.password_file", options.redis.password_file);
        files.check_certificates("redis.ca_file", options.redis.ca_file);
    }
    if (!options.tokens.enabled)
        return;
    files.check_keys("tokens.key_file", options.tokens);
    files.check_token("tokens.introspection_token_file", options.tokens.introspection_token_file);
}

loaded_config load_for_server(const console& io, const std::string& file, bool json, bool inspecting) {
    auto loaded = load_config(file.empty() ? std::nullopt : std::optional(file), io.variables);
    if (loaded.faults.empty())  // else nobody knows which files are meant
        check_named_files(loaded, inspecting);
    tell_faults(io, loaded, json);
    return loaded;
}

}  // namespace latchkey
