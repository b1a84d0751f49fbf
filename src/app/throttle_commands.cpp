#include "throttle_commands.hpp"

#include "open_desk.hpp"
#include "throttle_output.hpp"
#include "typed_values.hpp"

#include <ostream>

namespace latchkey {
namespace {

// What was typed, as the values that a filter refers to.
struct typed_filter {
    std::string id, account;
    std::optional<client_prefix> client;

    throttle_filter value() const noexcept { return {id, account, client}; }
};

attempt<typed_filter> read_filter(const throttle_request& request) {
    typed_filter out;
    // Accounts are held as they are looked up: in canonical form, or as typed when that is no address.
    const auto address = email_address::parse(request.account);
    out.account = address ? address->str() : request.account;
    if (!request.id.empty()) {
        const auto id = read_throttle_id(request.id);
        if (!id)
            return id.error();
        out.id = *id;
    }
    if (!request.client.empty()) {
        const auto client = read_client(request.client);
        if (!client)
            return client.error();
        out.client = *client;
    }
    return out;
}

}  // namespace

int list_throttles(const console& io, const throttle_request& request) {
    const auto filter = read_filter(request);
    if (!filter)
        return complain(io, request.json, filter.error());
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        const auto found = desk.throttles(filter->value());
        if (!found)
            return found.error();
        print_throttles(io, request.json, *found);
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::read, work);
}

int clear_throttles(const console& io, const throttle_request& request) {
    const bool is_narrow = !(request.id.empty() && request.account.empty() && request.client.empty());
    if (is_narrow == request.all)
        return complain(io, request.json,
                        {exit_usage, "usage", "Say what to forget: --account, --client, --id, or --all alone."});
    const auto filter = read_filter(request);
    if (!filter)
        return complain(io, request.json, filter.error());
    const auto work = [&](account_desk& desk, const config&) -> attempt<void> {
        const auto cleared = desk.clear_throttles(filter->value());
        if (!cleared)
            return cleared.error();
        if (request.json)
            io.out << "{\"cleared\":" << *cleared << "}\n";
        else
            io.out << "Forgot " << *cleared << (*cleared == 1 ? " throttle.\n" : " throttles.\n");
        return {};
    };
    return at_account_desk(io, request.config_file, request.json, desk_access::change, work);
}

}  // namespace latchkey
