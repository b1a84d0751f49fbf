#include "key_commands.hpp"

#include "key_output.hpp"
#include "reload_keys.hpp"
#include "token_key_files.hpp"
#include "token_key_rotation.hpp"
#include "wording.hpp"

#include <functional>
#include <ostream>

#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

failure advising_force(exit_code exit, std::string_view code, const std::string& why) {
    return {exit, code, why + " --force does it nevertheless."};
}

void warn_of_root(const console& io) {
    if (::geteuid() == 0)
        io.err << "warning: the key belongs to root: a server with an account of its own cannot read it. Run this "
                  "command as that account.\n";
}

// Reads the configuration, does `work` on it and tells its failure.
int with_token_options(const console& io, const key_request& request,
                       const std::function<attempt<void>(const config&)>& work) {
    const auto loaded = load_for_command(io, request.config_file, request.json);
    if (!loaded.faults.empty())
        return exit_usage;
    const auto outcome = work(loaded.values);
    return outcome ? exit_done : complain(io, request.json, outcome.error());
}

// Shows what is there now, and has the server take it over.
attempt<void> conclude(const console& io, bool json, const config& options, const token_options& wanted) {
    const auto keys = survey_token_keys(wanted);
    if (!keys)
        return keys.error();
    if (wanted.algorithm != options.tokens.algorithm) {
        print_keys(io, json, *keys, "not_asked");
        io.err << "tokens.algorithm is " << in_quotes(options.tokens.algorithm) << ": set it to "
               << in_quotes(wanted.algorithm) << " and restart the server.\n";
        return {};
    }
    if (!options.tokens.enabled) {
        print_keys(io, json, *keys, "not_asked");
        io.err << "Nothing is signed yet: set tokens.enabled = true and restart the server.\n";
        return {};
    }
    const auto server = reload_keys(options);
    print_keys(io, json, *keys, server.outcome);
    io.err << server.sentence << '\n';
    if (server.problem)
        return *server.problem;
    return {};
}

// The one that a generation that was cut short has left, or a new one.
attempt<void> make_next(key_file_writer& writer, const token_options& wanted, token_algorithm algorithm) {
    const std::string path = next_key_file(wanted);
    auto made = writer.create(path, signing_key::generate(algorithm).write());
    if (made || made.error().code != "already_exists")
        return made;
    const auto key = load_token_key(path, wanted);
    if (!key)
        return failure{exit_usage, "token_key_unusable", in_quotes(path) + ' ' + key.error().reason + '.'};
    return {};
}

attempt<void> make_both(key_file_writer& writer, const token_options& wanted, bool force) {
    const auto algorithm = token_algorithm_named(wanted.algorithm).value();
    if (force) {
        for (const auto& path : {next_key_file(wanted), wanted.key_file, retiring_key_file(wanted)})
            if (struct stat info{}; ::lstat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
                return failure{exit_usage, "token_key_unusable", in_quotes(path) + " is not a regular file."};
        // The signing key last: until then everything is as it was, but for what was not used yet.
        if (auto next = writer.replace(next_key_file(wanted), signing_key::generate(algorithm).write()); !next)
            return next;
        if (auto current = writer.replace(wanted.key_file, signing_key::generate(algorithm).write()); !current)
            return current;
        return writer.remove(retiring_key_file(wanted));
    }
    if (::access(wanted.key_file.c_str(), F_OK) == 0)
        return failure{exit_refused, "already_exists",
                       in_quotes(wanted.key_file) + " is there already. `latchkey key rotate` replaces a key so that " +
                           "tokens stay good; with --force this command makes all of them void."};
    // The signing key last: with it everything is there.
    if (auto next = make_next(writer, wanted, algorithm); !next)
        return next;
    return writer.create(wanted.key_file, signing_key::generate(algorithm).write());
}

}  // namespace

int generate_keys(const console& io, const key_request& request) {
    return with_token_options(io, request, [&](const config& options) -> attempt<void> {
        token_options wanted = options.tokens;
        if (!request.algorithm.empty())
            wanted.algorithm = request.algorithm;
        if (!token_algorithm_named(wanted.algorithm))
            return failure{exit_usage, "usage", "--algorithm is \"EdDSA\", \"ES256\" or \"HS256\"."};
        auto writer = key_file_writer::open(wanted.key_file);
        if (!writer)
            return writer.error();
        if (auto made = make_both(*writer, wanted, request.force); !made)
            return made;
        warn_of_root(io);
        return conclude(io, request.json, options, wanted);
    });
}

int rotate_keys(const console& io, const key_request& request) {
    return with_token_options(io, request, [&](const config& options) -> attempt<void> {
        auto writer = key_file_writer::open(options.tokens.key_file);
        if (!writer)
            return writer.error();
        const auto keys = survey_token_keys(options.tokens);
        if (!keys)
            return keys.error();
        const auto obstacle = rotation_obstacle(*keys, make_system_clock()->now());
        if (!obstacle.empty() && !request.force)
            return advising_force(exit_refused, "too_early", obstacle);
        if (keys->is_interrupted())
            io.err << "Completing a rotation that was cut short.\n";
        for (;;) {
            const auto complete = take_rotation_step(*writer, options.tokens);
            if (!complete)
                return complete.error();
            if (*complete)
                break;
        }
        warn_of_root(io);
        return conclude(io, request.json, options, options.tokens);
    });
}

int list_keys(const console& io, const key_request& request) {
    return with_token_options(io, request, [&](const config& options) -> attempt<void> {
        const auto keys = survey_token_keys(options.tokens);
        if (!keys)
            return keys.error();
        print_keys(io, request.json, *keys);
        return {};
    });
}

int retire_key(const console& io, const key_request& request) {
    return with_token_options(io, request, [&](const config& options) -> attempt<void> {
        auto writer = key_file_writer::open(options.tokens.key_file);
        if (!writer)
            return writer.error();
        const auto keys = survey_token_keys(options.tokens);
        if (!keys)
            return keys.error();
        if (!keys->retiring)
            return failure{exit_refused, "not_found", "There is no retiring key."};
        const auto obstacle = retirement_obstacle(*keys, options.tokens.access_lifetime, make_system_clock()->now());
        if (!obstacle.empty() && !request.force)
            return advising_force(exit_refused, "too_early", obstacle);
        if (auto gone = writer->remove(retiring_key_file(options.tokens)); !gone)
            return gone;
        return conclude(io, request.json, options, options.tokens);
    });
}

}  // namespace latchkey
