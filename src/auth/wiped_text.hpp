// A text that is overwritten before it goes or gives way to another: for credentials that live in tables of thousands,
// where a secret's locked pages would be too many.
#pragma once

#include <latchkey/secret.hpp>

#include <span>
#include <string>
#include <string_view>

namespace latchkey {

class wiped_text {
public:
    wiped_text() = default;
    wiped_text(const wiped_text&) = delete;
    wiped_text& operator=(const wiped_text&) = delete;
    ~wiped_text() { clear(); }

    // Throws std::bad_alloc, and is empty then.
    void assign(std::string_view text) {
        clear();
        text_.assign(text);
    }
    void clear() noexcept {
        wipe(std::span(text_.data(), text_.size()));
        text_.clear();
    }
    std::string_view get() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace latchkey
