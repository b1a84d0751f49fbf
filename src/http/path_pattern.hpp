// A route's path: literal text, text with one segment "{id}" that stands for any one segment, or text that ends in "/*"
// and stands for everything below.
//
// Checked when the program is compiled, matched without allocation. Paths are compared as they were sent: what needs
// percent-encoding in a path names nothing here.
#pragma once

#include <optional>
#include <string_view>

namespace latchkey::http {

class path_pattern {
public:
    consteval path_pattern(const char* text)
        : text_(text), placeholder_(text_.find(marker)), is_prefix_(text_.ends_with("/*")) {
        if (text_.empty() || text_.front() != '/')
            throw "a path starts with a slash";
        if (placeholder_ == text_.npos ? text_.find('{') != text_.npos : !is_segment(text_, placeholder_))
            throw "a placeholder is one whole segment, {id}, once";
        if (text_.find('*') != text_.npos &&
            (!is_prefix() || text_.find('*') + 1 != text_.size() || text_.find('{') != text_.npos))
            throw "a prefix ends in /* and has no placeholder";
    }

    constexpr std::string_view text() const noexcept { return text_; }
    constexpr bool is_literal() const noexcept { return placeholder_ == text_.npos && !is_prefix_; }
    constexpr bool is_prefix() const noexcept { return is_prefix_; }

    // What the placeholder stands for in `path`, never empty and never with a slash; what stands below a prefix, from
    // its slash on; "" for a literal that is equal.
    constexpr std::optional<std::string_view> match(std::string_view path) const noexcept {
        if (is_literal())
            return path == text_ ? std::optional<std::string_view>("") : std::nullopt;
        return match_open(path);
    }

private:
    static constexpr std::string_view marker = "{id}";

    // Of a pattern that is no literal.
    constexpr std::optional<std::string_view> match_open(std::string_view path) const noexcept {
        if (is_prefix()) {
            const auto slash = text_.size() - 2;
            return path.starts_with(text_.substr(0, slash + 1)) ? std::optional(path.substr(slash)) : std::nullopt;
        }
        const auto before = text_.substr(0, placeholder_);
        const auto after = text_.substr(placeholder_ + marker.size());
        if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after))
            return std::nullopt;
        const auto segment = path.substr(before.size(), path.size() - before.size() - after.size());
        return segment.find('/') == segment.npos ? std::optional(segment) : std::nullopt;
    }

    static constexpr bool is_segment(std::string_view text, std::size_t at) noexcept {
        const auto end = at + marker.size();
        return text[at - 1] == '/' && (end == text.size() || text[end] == '/') && text.find('{', at + 1) == text.npos;
    }

    std::string_view text_;
    std::size_t placeholder_;
    bool is_prefix_;
};

}  // namespace latchkey::http
