// Reading the operator's files for the pages, at start.
#pragma once

#include <string>
#include <vector>

namespace latchkey::http {

struct page_file {
    bool exists = false;
    std::string content;  // UTF-8, at most 256 KiB
    std::string fault;    // why there is no content: "is not UTF-8"
};

// A file that isn't there is no fault; one that can't be read is.
page_file read_page_file(const std::string& path);

struct language_list {
    std::vector<std::string> names;  // "de" for <directory>/texts/de.json, sorted; files of other kinds are left out
    std::string fault;               // one whole sentence
};

// `directory` must be there and readable; its folder `texts` need not be there.
language_list language_files(const std::string& directory);

}  // namespace latchkey::http
