// A page's mustache template, and the data that it is filled with.
//
// Only src/http's page files include this: the library is a header of templates.
#pragma once

#include <kainjow/mustache.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::http {

using page_data = kainjow::mustache::data;

// Why an operator's template can't be used; empty when it can. Beside mustache's own rules: nothing unescaped ("{{{"
// and
// "{{&"), no change of delimiters, no partials, sections at most 16 deep.
std::string template_fault(std::string_view source);

// Sets `name` unless the value is empty; a section of an absent name disappears.
void put(page_data& data, const char* name, std::string_view value);

// A template, parsed once and rendered from any thread. `common` is looked at for what `content` lacks.
class page_template {
public:
    explicit page_template(std::string_view source);
    page_template(page_template&&) noexcept;
    ~page_template();

    std::string render(const page_data& content, const page_data& common) const;

private:
    struct copies;
    std::string source_;
    std::unique_ptr<copies> copies_;
};

}  // namespace latchkey::http
