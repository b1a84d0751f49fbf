#include "user_desk.hpp"

#include "sql_user_store.hpp"
#include "wording.hpp"

#include <latchkey/log.hpp>

#include <exception>
#include <ostream>

namespace latchkey {
namespace {

// The store tells its troubles to a log; here that is the person at the command line.
class console_logger final : public logger {
public:
    explicit console_logger(const console& io) : io_(io) {}

    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields) noexcept override try {
        if (level < log_level::warn)
            return;
        io_.err << "latchkey: " << event;
        for (const auto& field : fields)
            if (const auto* text = std::get_if<std::string_view>(&field.value))
                io_.err << ' ' << field.name << '=' << in_quotes(*text);
        io_.err << '\n';
    } catch (const std::exception&) {
    }
    std::uint64_t dropped() const noexcept override { return 0; }

private:
    const console& io_;
};

}  // namespace

int at_user_desk(const console& io, const std::string& config_file, bool json,
                 const std::function<attempt<void>(user_desk&)>& work) {
    const auto loaded = load_for_command(io, config_file, json);
    if (!loaded.faults.empty())
        return exit_usage;
    const auto time = make_system_clock();
    console_logger log(io);
    std::unique_ptr<user_store> users;
    try {
        auto options = loaded.values.database;
        options.pool_size = 1;
        users = make_sql_user_store(options, *time, log);
    } catch (const std::exception& e) {
        return complain(io, json, {exit_unavailable, "store_unavailable", e.what()});
    }
    user_desk desk{io, json, loaded.values, *users};
    const auto outcome = work(desk);
    return outcome ? exit_done : complain(io, json, outcome.error());
}

attempt<email_address> read_email(const std::string& typed) {
    auto email = email_address::parse(typed);
    if (!email)
        return failure{exit_usage, "invalid_email", in_quotes(typed) + " is not an email address."};
    return *std::move(email);
}

attempt<std::vector<std::string>> read_groups(const std::string& typed) {
    std::vector<std::string> groups;
    std::string_view rest = typed;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        auto name = rest.substr(0, comma);
        name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
        name = name.substr(0, name.find_last_not_of(' ') + 1);
        groups.emplace_back(name);
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    auto canonical = canonical_groups(std::move(groups));
    if (!canonical)
        return failure{exit_usage, "invalid_request",
                       in_quotes(typed) +
                           " is no list of groups: at most 64, separated by commas, each of up to 64 letters, "
                           "digits, '.', '_' or '-'."};
    return *std::move(canonical);
}

attempt<stored_user> find_user(const user_desk& desk, const email_address& email) {
    auto found = desk.users.find(email);
    if (!found)
        return store_failure(found.error(), email.str());
    if (!*found)
        return store_failure(errc::not_found, email.str());
    return **std::move(found);
}

failure store_failure(boost::system::error_code error, const std::string& email) {
    if (error == errc::not_found)
        return {exit_refused, "not_found", "There is no user " + email + "."};
    if (error == errc::already_exists)
        return {exit_refused, "already_exists", "There is a user " + email + " already."};
    if (error == errc::invalid_request)
        return {exit_usage, "invalid_request", "The database refused a malformed value."};
    return {exit_unavailable, "store_unavailable", "The database failed; whether anything was changed is not known."};
}

}  // namespace latchkey
