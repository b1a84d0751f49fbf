#include "page_set.hpp"

#include "embedded_pages.hpp"
#include "page_file.hpp"
#include "page_template.hpp"

#include <algorithm>
#include <stdexcept>

namespace latchkey::http {
namespace {

constexpr std::string_view texts_folder = "texts/";
constexpr std::string_view default_language = "en";

// "de" of "texts/de.json"; empty for other names.
std::string_view language_of(std::string_view name) noexcept {
    if (!name.starts_with(texts_folder) || !name.ends_with(".json"))
        return {};
    name.remove_prefix(texts_folder.size());
    name.remove_suffix(5);
    return name;
}

// Languages by tag, while they come together.
using languages = std::map<std::string, page_texts::map, std::less<>>;

struct parts {
    page_set set;
    languages texts;
};

parts built_in() {
    parts out;
    for (const auto& [name, content] : embedded::files) {
        if (const auto tag = language_of(name); !tag.empty()) {
            if (const auto fault = read_texts(content, nullptr, out.texts[std::string(tag)]); !fault.empty())
                throw std::logic_error(std::string(name) + ' ' + fault);
        } else {
            out.set.files.emplace(name, content);
        }
    }
    return out;
}

// What is wrong with this content under this name; else puts it in its place.
std::string take(parts& into, const std::string& name, std::string content) {
    if (const auto tag = language_of(name); !tag.empty()) {
        const auto& english = into.texts.at(std::string(default_language));
        page_texts::map& texts = into.texts.try_emplace(std::string(tag), english).first->second;
        const page_texts::map known = english;
        return read_texts(content, &known, texts);
    }
    if (name.ends_with(".html"))
        if (auto fault = template_fault(content); !fault.empty())
            return fault;
    into.set.files[name] = std::move(content);
    return {};
}

page_set_ptr finished(parts from) {
    page_set out = std::move(from.set);
    // English first; the others in the order of their tags.
    out.languages.emplace_back(std::string(default_language), from.texts.at(std::string(default_language)));
    for (auto& [tag, texts] : from.texts)
        if (tag != default_language)
            out.languages.emplace_back(tag, std::move(texts));
    for (const auto& language : out.languages)
        out.tags.push_back(language.tag());
    return std::make_shared<const page_set>(std::move(out));
}

}  // namespace

loaded_page_set load_page_set(const std::string& directory) {
    parts all = built_in();
    if (directory.empty())
        return {finished(std::move(all)), {}};

    std::vector<std::string> names;
    for (const auto& [name, content] : all.set.files)
        names.push_back(name);
    loaded_page_set out;
    auto tags = language_files(directory);
    if (!tags.fault.empty())
        out.faults.push_back(tags.fault);
    for (const auto& tag : tags.names)
        names.push_back(std::string(texts_folder) + tag + ".json");
    for (const auto& name : names) {
        auto file = read_page_file(directory + '/' + name);
        if (!file.exists)
            continue;
        std::string fault = std::move(file.fault);
        if (fault.empty())
            fault = take(all, name, std::move(file.content));
        if (!fault.empty())
            out.faults.push_back(directory + '/' + name + ": " + fault);
    }
    if (out.faults.empty())
        out.set = finished(std::move(all));
    return out;
}

}  // namespace latchkey::http
