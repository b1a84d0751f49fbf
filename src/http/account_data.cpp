#include "account_data.hpp"

#include "device_name.hpp"

#include <algorithm>

namespace latchkey::http {
namespace {

// "2026-01-31 09:12 UTC": the exact time, for people.
std::string readable(time_point t) {
    std::string text = to_rfc3339(t);  // 2026-01-31T09:12:00Z
    text.resize(16);
    text[10] = ' ';
    return text + " UTC";
}

std::string device_text(const page_texts& words, std::string_view user_agent) {
    const auto [browser, system] = name_device(user_agent);
    if (!browser.empty() && !system.empty())
        return words.with("device.on", {{"browser", browser}, {"system", system}});
    if (!browser.empty() || !system.empty())
        return std::string(browser.empty() ? system : browser);
    return std::string(words["device.unknown"]);
}

page_data session_data(const page_texts& words, const listed_session& s, const account_page& page, std::size_t number) {
    const bool current = s.value.id == page.mine.id;
    const std::string address = s.value.ip.str();
    page_data data;
    data.set("number", std::to_string(number));
    data.set("id", s.value.id.str());
    data.set("current", current);
    data.set("remembered", s.value.remembered);
    data.set("device", device_text(words, s.user_agent));
    data.set("address", address.empty() ? std::string(words["unknown_address"]) : address);
    // Whoever asks for this page is here now, though last_seen_at follows once a minute only.
    data.set("seen_ago", words.ago(current ? seconds{0} : page.now - s.value.last_seen_at));
    data.set("seen", to_rfc3339(s.value.last_seen_at));
    data.set("seen_text", readable(s.value.last_seen_at));
    data.set("created", to_rfc3339(s.value.created_at));
    data.set("created_text", readable(s.value.created_at));
    return data;
}

}  // namespace

page_data account_data(const page_texts& words, const account_page& content) {
    const auto& user = *content.mine.user;
    page_data data;
    put(data, "name", user.name());
    put(data, "email", user.email());
    page_data groups(page_data::type::list);
    for (const std::string_view group : user.groups())
        groups.push_back({"group", page_data(std::string(group))});
    data.set("groups", groups);
    data.set("has_groups", !user.groups().empty());
    data.set("expires", to_rfc3339(content.mine.expires_at));
    data.set("expires_text", readable(content.mine.expires_at));

    page_data sessions(page_data::type::list);
    std::size_t number = 0;
    const auto add = [&](bool current) {
        for (const auto& s : content.sessions)
            if ((s.value.id == content.mine.id) == current)
                sessions.push_back(session_data(words, s, content, ++number));
    };
    add(true);  // one's own first, then as they come
    add(false);
    data.set("sessions", sessions);
    data.set("has_others", std::any_of(content.sessions.begin(), content.sessions.end(),
                                       [&](const listed_session& s) { return s.value.id != content.mine.id; }));

    put(data, "notice", content.notice);
    put(data, "message", content.message);
    put(data, "wrong_current", content.wrong_current);
    put(data, "wrong_new", content.wrong_new);
    put(data, "wrong_repeat", content.wrong_repeat);
    data.set("failed", !content.message.empty() || !content.wrong_current.empty() || !content.wrong_new.empty() ||
                           !content.wrong_repeat.empty());
    return data;
}

}  // namespace latchkey::http
