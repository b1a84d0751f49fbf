// What tests of the audit trail read it with.
#pragma once

#include "latchkey_server.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::test {

// Every complete line of the file, parsed. Throws when one is no JSON object.
inline std::vector<nlohmann::json> json_lines(const std::string& path) {
    std::vector<nlohmann::json> lines;
    if (!std::filesystem::exists(path))
        return lines;
    std::istringstream text(read_whole_file(path));
    for (std::string line; std::getline(text, line);)
        if (!text.eof())
            lines.push_back(nlohmann::json::parse(line));
    return lines;
}

// Events of the type in the file.
inline std::size_t count_events(const std::string& path, const std::string& type) {
    std::size_t count = 0;
    for (const auto& line : json_lines(path))
        count += line["event"] == type ? 1U : 0U;
    return count;
}

// Until it holds; throws when it does not come to that.
inline void wait_until(const std::function<bool()>& holds, const char* what) {
    for (const deadline until; !holds(); std::this_thread::yield())
        if (until.passed())
            throw std::runtime_error(std::string("never: ") + what);
}

inline http_request wrong_login(const std::string& email, header_list headers = {}) {
    return post_json("/login", nlohmann::json{{"email", email}, {"password", "wrong"}}.dump(), std::move(headers));
}

}  // namespace latchkey::test
