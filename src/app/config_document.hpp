// A TOML text, taken apart into sections and entries with their lines. Knows nothing of which keys exist.
#pragma once

#include "config_value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct document_entry {
    std::string section;  // empty: written before the first section
    std::string name;
    raw_value value;
    unsigned line = 0;
    std::vector<unsigned> entry_lines;  // of a list
};

struct document_section {
    std::string name;
    unsigned line = 0;
};

struct config_document {
    std::vector<document_section> sections;
    std::vector<document_entry> entries;
    // Where the text is no TOML (1.0) or no UTF-8: then there is nothing above.
    std::string syntax_error;
    unsigned error_line = 0;
};

// Never throws for what the text holds.
config_document parse_config_document(std::string_view text);

}  // namespace latchkey
