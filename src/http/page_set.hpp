// What the pages are made of: templates, stylesheet, mark and texts, built in or from the operator's directory.
//
// Read and checked once, at start: whatever is wrong with a file is said then, and no request meets it later. Immutable
// afterwards and shared by all cores.
#pragma once

#include "page_texts.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

struct page_set {
    std::map<std::string, std::string, std::less<>>
        files;                          // login.html, account.html, error.html, latchkey.css, mark.svg
    std::vector<std::string> tags;      // of the languages, in their order
    std::vector<page_texts> languages;  // the first is English, the default
};
using page_set_ptr = std::shared_ptr<const page_set>;

struct loaded_page_set {
    page_set_ptr set;                 // null when there are faults
    std::vector<std::string> faults;  // one sentence each, naming the file
};

// `directory`: pages.directory; empty: the built-in set. A file in there replaces the built-in one of the same name:
// the five named above and texts/<language>.json, also of a new language. A text that such a file lacks stays as it is
// built in, in that language or else in English. Other files are nobody's business.
loaded_page_set load_page_set(const std::string& directory);

}  // namespace latchkey::http
