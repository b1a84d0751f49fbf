// M1, S2: a configuration file of arbitrary bytes has faults, or what `config print` would say of it means the same.
#include "access_rules_value.hpp"
#include "config_diff.hpp"
#include "config_key.hpp"
#include "config_value.hpp"
#include "load_config.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

using namespace latchkey;

namespace {

void check(bool holds) {
    if (!holds)
        std::abort();
}

// A file that is nowhere on the disk.
class memory_file {
public:
    memory_file() : descriptor_(::memfd_create("latchkey.toml", MFD_CLOEXEC)) { check(descriptor_ >= 0); }
    ~memory_file() { ::close(descriptor_); }
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;

    loaded_config load(std::string_view text) const {
        check(::ftruncate(descriptor_, 0) == 0);
        check(::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
        return load_config("/proc/self/fd/" + std::to_string(descriptor_), {});
    }

private:
    int descriptor_;
};

std::string written(const config& values) {
    std::string out, rules;
    std::string_view section;
    for (const auto& key : config_keys()) {
        if (key.section != section) {
            section = key.section;
            out.append("[").append(section).append("]\n");
        }
        if (key.type != key_type::rules) {
            out.append(key.name).append(" = ").append(to_toml(key, values)).append("\n");
            continue;
        }
        for (const auto& rule : values.access.rules) {
            rules.append("[[access.rules]]\n");
            for (const auto& line : rule_lines(rule))
                rules.append(line).append("\n");
        }
    }
    return out + rules;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const memory_file file;
    const auto loaded = file.load({reinterpret_cast<const char*>(data), size});
    for (const auto& fault : loaded.faults)
        check(!fault.reason.empty() && fault.text().find('\n') == std::string::npos);
    if (!loaded.faults.empty())
        return 0;
    const auto again = file.load(written(loaded.values));
    check(again.faults.empty());
    const auto changes = diff_configs(loaded.values, again.values);
    check(changes.live.empty() && changes.needs_restart.empty());
    return 0;
}
