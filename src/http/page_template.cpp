#include "page_template.hpp"

#include "mutex.hpp"
#include "text.hpp"

#include <exception>
#include <utility>

namespace latchkey::http {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t deepest = 16;

// Without the indentation: fewer bytes on the wire and fewer pieces to render.
std::string without_indentation(std::string_view source) {
    std::string out;
    out.reserve(source.size());
    while (!source.empty()) {
        const auto line = next_part(source, '\n');
        const auto begin = line.find_first_not_of(" \t");
        if (begin != line.npos)
            out.append(line.substr(begin)).push_back('\n');
    }
    return out;
}

std::string refused_tag(std::string_view source) {
    std::size_t depth = 0;
    for (auto at = source.find("{{"); at != source.npos; at = source.find("{{", at)) {
        at += 2;
        const auto first = source.find_first_not_of(" \t\r\n", at);
        switch (first == source.npos ? '\0' : source[first]) {
            case '{':
            case '&':
                return "has a tag that would not be escaped ({{{ or {{&)";
            case '=':
                return "changes the delimiters of tags";
            case '>':
                return "includes another template";
            case '#':
            case '^':
                if (++depth > deepest)
                    return "has sections more than 16 deep";
                break;
            case '/':
                depth -= depth > 0 ? 1 : 0;
                break;
            default:
                break;
        }
    }
    return {};
}

}  // namespace

std::string template_fault(std::string_view source) {
    if (auto fault = refused_tag(source); !fault.empty())
        return fault;
    try {
        const mustache::mustache parsed(without_indentation(source));
        return parsed.is_valid() ? std::string{} : "is no mustache template: " + parsed.error_message();
    } catch (const std::exception&) {  // the library's parser looks one byte too far in places
        return "is no mustache template";
    }
}

void put(page_data& data, const char* name, std::string_view value) {
    if (!value.empty())
        data.set(name, std::string(value));
}

// The library renders with a parsed template that nobody else uses meanwhile, and parsing costs more than rendering. So
// parsed ones wait here for whoever needs one.
struct page_template::copies {
    mutex lock;
    std::vector<std::unique_ptr<mustache::mustache>> idle LATCHKEY_GUARDED_BY(lock);

    std::unique_ptr<mustache::mustache> take() {
        const mutex_lock hold(lock);
        if (idle.empty())
            return nullptr;
        auto one = std::move(idle.back());
        idle.pop_back();
        return one;
    }
    void give_back(std::unique_ptr<mustache::mustache> one) {
        const mutex_lock hold(lock);
        idle.push_back(std::move(one));
    }
};

page_template::page_template(std::string_view source)
    : source_(without_indentation(source)), copies_(std::make_unique<copies>()) {
}
page_template::page_template(page_template&&) noexcept = default;
page_template::~page_template() = default;

std::string page_template::render(const page_data& content, const page_data& common) const {
    auto parsed = copies_->take();
    if (!parsed)
        parsed = std::make_unique<mustache::mustache>(source_);
    mustache::context<std::string> names(&common);
    names.push(&content);  // in front
    std::string out = parsed->render(names);
    copies_->give_back(std::move(parsed));
    return out;
}

}  // namespace latchkey::http
