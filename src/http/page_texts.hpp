// All words of the pages in one language: src/http/pages/texts/<tag>.json, or an operator's file of that name.
//
// A flat JSON object of plain texts; `{n}`, `{place}` and the like stand for what is put in. The English ones say which
// keys there are.
#pragma once

#include <latchkey/clock.hpp>

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace latchkey::http {

class page_texts {
public:
    using map = std::map<std::string, std::string, std::less<>>;

    page_texts(std::string tag, map texts) : tag_(std::move(tag)), texts_(std::move(texts)) {}

    const std::string& tag() const noexcept { return tag_; }
    const map& all() const noexcept { return texts_; }

    // Empty when there is no such text.
    std::string_view operator[](std::string_view key) const noexcept;
    std::string_view or_else(std::string_view key, std::string_view other_key) const noexcept;
    // With each {name} replaced by its value.
    std::string with(std::string_view key,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> values) const;
    // "5 minutes ago"; "just now" for the last minute and for what is yet to come.
    std::string ago(seconds since) const;

private:
    std::string tag_;
    map texts_;
};

// Reads a file's content into `texts`, over what is there. Returns what is wrong with it, empty when all is well.
// Keys that are not in `known` are faults (null: all are welcome); those that begin with "x_" are the operator's own.
std::string read_texts(std::string_view json, const page_texts::map* known, page_texts::map& texts);

// "de", "pt-BR": may this be a language's file name?
bool is_language_tag(std::string_view text) noexcept;

}  // namespace latchkey::http
