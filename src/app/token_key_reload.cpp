#include "token_key_reload.hpp"

#include "token_key_files.hpp"

#include <utility>

namespace latchkey {
namespace {

struct key_reader {
    const token_options options;
    std::shared_ptr<const token_keys> in_force;
    const std::function<void(std::shared_ptr<const token_keys>)> use;
};

}  // namespace

std::function<reread_files()> make_token_key_reader(token_options options, std::shared_ptr<const token_keys> in_force,
                                                    std::function<void(std::shared_ptr<const token_keys>)> use) {
    auto reader = std::make_shared<key_reader>(key_reader{std::move(options), std::move(in_force), std::move(use)});
    return [reader] {
        reread_files out;
        auto keys = load_token_keys(reader->options);
        if (!keys) {
            out.faults.push_back("tokens.key_file: " + keys.error().reason);
        } else if (**keys != *reader->in_force) {
            out.changed.emplace_back("tokens.key_file");
            out.put_in_force = [reader, fresh = *std::move(keys)] {
                reader->use(fresh);
                reader->in_force = fresh;
            };
        }
        return out;
    };
}

}  // namespace latchkey
