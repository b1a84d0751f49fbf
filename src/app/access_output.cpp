#include "access_output.hpp"

#include "wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace latchkey {
namespace {

using json_object = nlohmann::ordered_json;

std::string_view outcome_name(access_outcome outcome) {
    constexpr std::string_view names[] = {"allow", "login", "forbid"};
    return names[static_cast<std::size_t>(outcome)];
}

std::string_view outcome_word(access_outcome outcome) {
    constexpr std::string_view words[] = {"Allowed", "Login needed", "Refused"};
    return words[static_cast<std::size_t>(outcome)];
}

// At most four: who wants all of them has the file.
std::string first_of(const std::vector<std::string>& words) {
    constexpr std::size_t enough = 4;
    std::string out;
    for (std::size_t i = 0; i < std::min(words.size(), enough); ++i)
        out.append(out.empty() ? "" : ", ").append(in_quotes(words[i]));
    return words.size() > enough ? out + " and " + std::to_string(words.size() - enough) + " more" : out;
}

std::string rule_name(const loaded_config& loaded, std::size_t rule) {
    return "rule " + std::to_string(rule + 1) + " (" + config_place{loaded.file, loaded.rule_lines.at(rule)}.text() +
           ')';
}

std::string caller(const explained_request& asked) {
    return asked.who && !asked.who->disabled ? asked.who->email : "nobody";
}

// Why a rule that matched says what it says.
std::string reason(const access_rule& rule, access_outcome outcome, const explained_request& asked) {
    if (rule.policy == "allow")
        return "Its policy is \"allow\": everybody may pass, signed in or not.";
    if (rule.policy == "deny")
        return "Its policy is \"deny\": nobody may pass.";
    if (outcome == access_outcome::login)
        return "It wants somebody who is signed in" +
               (rule.groups.empty() ? "" : " and in one of the groups " + first_of(rule.groups)) + '.';
    if (outcome == access_outcome::allow)
        return (rule.groups.empty() ? "It lets everybody pass who is signed in."
                                    : caller(asked) + " is in one of its groups " + first_of(rule.groups) + '.') +
               (rule.bearer ? " The application gets an access token for the session." : "");
    const auto& groups = asked.who->groups;
    return "It wants one of the groups " + first_of(rule.groups) + ", and " + caller(asked) +
           (groups.empty() ? " is in none." : " is in " + first_of(groups) + '.');
}

std::string default_reason(const config& options, access_outcome outcome) {
    if (options.access.default_policy == "deny")
        return "access.default is \"deny\": nobody may pass where no rule matches.";
    return outcome == access_outcome::login
               ? "access.default is \"authenticated\": it wants somebody who is signed in."
               : "access.default is \"authenticated\": it lets everybody pass who is signed in.";
}

std::string mismatch_words(const access_rule& rule, const rule_mismatch& mismatch, const explained_request& asked) {
    std::vector<std::string> parts;
    if (mismatch.host)
        parts.push_back("hosts " + first_of(rule.domains));
    if (mismatch.path)
        parts.push_back("paths " + first_of(rule.paths));
    if (mismatch.method)
        parts.push_back("methods " + first_of(rule.methods));
    if (mismatch.client)
        parts.push_back("clients in " + first_of(rule.networks) +
                        (asked.client == client_address{} ? " (say where from with --ip)" : ""));
    std::string out = "is for ";
    for (std::size_t i = 0; i < parts.size(); ++i)
        out.append(i == 0 ? "" : ", and for ").append(parts[i]);
    return out;
}

std::string verdict_of(const reading_explanation& reading) {
    return std::string(outcome_word(reading.decision.outcome)) + " by " +
           (reading.decision.rule ? "rule " + std::to_string(*reading.decision.rule + 1) : "access.default");
}

void print_readings(std::ostream& out, const access_explanation& why) {
    if (why.readings.size() == 1)
        return;
    out << "\nServers read this path in " << why.readings.size() << " ways. The strictest outcome counts:\n";
    for (std::size_t i = 0; i < why.readings.size(); ++i)
        out << "  " << in_quotes(why.readings[i].path) << "  " << verdict_of(why.readings[i])
            << (i == why.decisive ? "  <- counts" : "") << '\n';
}

void print_words(std::ostream& out, const loaded_config& loaded, const explained_request& asked) {
    out << asked.method << ' ' << printable(asked.url) << "\nby "
        << (asked.who ? asked.who->email : "somebody who is not signed in");
    if (asked.who && !asked.who->groups.empty())
        out << ", in " << first_of(asked.who->groups);
    out << ", from " << (asked.client == client_address{} ? "an unknown address" : asked.client.str()) << "\n\n";
    if (asked.who && asked.who->disabled)
        out << asked.who->email << " is disabled, and so judged like anybody who is not signed in.\n";
    if (!asked.why) {
        out << "Refused: no rule is asked, because servers could make anything of this URL. Its host is none, or its\n"
               "path has a segment \".\" or \"..\", an encoding that is wrong or of control characters or a "
               "backslash,\n"
               "or too many things that servers read in different ways.\n";
        return;
    }
    const auto& rules = loaded.values.access.rules;
    const auto& reading = asked.why->readings[asked.why->decisive];
    const auto [outcome, rule] = reading.decision;
    out << outcome_word(outcome) << ": " << (rule ? rule_name(loaded, *rule) + " decides. " : "no rule matches. ")
        << (rule ? reason(rules[*rule], outcome, asked) : default_reason(loaded.values, outcome)) << '\n';
    print_readings(out, *asked.why);
    if (reading.passed_over.empty())
        return;
    out << '\n'
        << (rule ? "Rules before it that do not match " : "Rules that do not match ") << in_quotes(asked.host) << ", "
        << in_quotes(reading.path) << ":\n";
    for (std::size_t i = 0; i < reading.passed_over.size(); ++i)
        out << "  " << rule_name(loaded, i) << ' ' << mismatch_words(rules[i], reading.passed_over[i], asked) << '\n';
}

json_object to_json(const rule_mismatch& mismatch, std::size_t rule) {
    auto parts = json_object::array();
    for (const auto& [differs, name] : {std::pair{mismatch.host, "domains"},
                                        {mismatch.path, "paths"},
                                        {mismatch.method, "methods"},
                                        {mismatch.client, "networks"}})
        if (differs)
            parts.push_back(name);
    return {{"rule", rule + 1}, {"mismatch", std::move(parts)}};
}

json_object number_of(const std::optional<std::size_t>& rule) {
    return rule ? json_object(*rule + 1) : json_object();
}

json_object to_json(const reading_explanation& reading) {
    auto passed_over = json_object::array();
    for (std::size_t i = 0; i < reading.passed_over.size(); ++i)
        passed_over.push_back(to_json(reading.passed_over[i], i));
    return {{"path", reading.path},
            {"outcome", outcome_name(reading.decision.outcome)},
            {"rule", number_of(reading.decision.rule)},
            {"passed_over", std::move(passed_over)}};
}

json_object to_json(const loaded_config& loaded, const explained_request& asked) {
    json_object out{{"outcome", "forbid"},
                    {"rule", nullptr},
                    {"place", nullptr},
                    {"url", asked.url},
                    {"method", asked.method},
                    {"ip", asked.client.str()},
                    {"user", asked.who ? json_object{{"email", asked.who->email},
                                                     {"groups", asked.who->groups},
                                                     {"disabled", asked.who->disabled}}
                                       : json_object()},
                    {"understood", asked.why.has_value()},
                    {"readings", json_object::array()}};
    if (!asked.why)
        return out;
    const auto& decision = asked.why->readings[asked.why->decisive].decision;
    out["outcome"] = outcome_name(decision.outcome);
    out["rule"] = number_of(decision.rule);
    if (decision.rule)
        out["place"] = config_place{loaded.file, loaded.rule_lines.at(*decision.rule)}.text();
    for (const auto& reading : asked.why->readings)
        out["readings"].push_back(to_json(reading));
    return out;
}

}  // namespace

void print_explanation(const console& io, bool json, const loaded_config& loaded, const explained_request& asked) {
    if (json)
        io.out << to_json(loaded, asked).dump(-1, ' ', false, json_object::error_handler_t::replace) << '\n';
    else
        print_words(io.out, loaded, asked);
}

}  // namespace latchkey
