#include "redirect_lists.hpp"

#include <fstream>
#include <stdexcept>

namespace latchkey::test {
namespace {

std::string unescape(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        const char kind = text.at(++i);
        if (kind == 'x') {
            out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            out += kind == 't' ? '\t' : kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind;
        }
    }
    return out;
}

std::vector<std::vector<std::string>> read_lines(const std::string& name) {
    std::ifstream file(LATCHKEY_SOURCE_DIR "/tests/unit/http/redirects/" + name);
    if (!file)
        throw std::runtime_error("cannot read " + name);
    std::vector<std::vector<std::string>> lines;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#')
            continue;
        auto& columns = lines.emplace_back();
        for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
            end = line.find('\t', begin);
            columns.push_back(line.substr(begin, end == std::string::npos ? end : end - begin));
        }
    }
    return lines;
}

}  // namespace

std::vector<redirect_case> redirect_tricks() {
    std::vector<redirect_case> out;
    for (const auto& columns : read_lines("tricks.txt"))
        out.push_back({unescape(columns.at(0)), {}, columns.at(1)});
    return out;
}

std::vector<redirect_case> redirect_targets() {
    std::vector<redirect_case> out;
    for (const auto& columns : read_lines("targets.txt"))
        out.push_back({unescape(columns.at(0)), unescape(columns.at(1)), columns.at(2)});
    return out;
}

}  // namespace latchkey::test
