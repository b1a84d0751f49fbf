// A logger that keeps what it was told, one line of text per event.
#pragma once

#include "mutex.hpp"

#include <latchkey/log.hpp>

#include <string>

namespace latchkey::testing {

class recording_logger final : public logger {
public:
    void write(log_level, std::string_view event, std::initializer_list<log_field> fields) noexcept override {
        mutex_lock lock(mutex_);
        text_ += event;
        for (const log_field& field : fields) {
            text_ += ' ';
            text_ += field.name;
            text_ += '=';
            if (const auto* text = std::get_if<std::string_view>(&field.value))
                text_ += *text;
            else if (const auto* number = std::get_if<std::int64_t>(&field.value))
                text_ += std::to_string(*number);
            else
                text_ += std::get<bool>(field.value) ? "true" : "false";
        }
        text_ += '\n';
    }
    std::uint64_t dropped() const noexcept override { return 0; }
    std::string text() const {
        mutex_lock lock(mutex_);
        return text_;
    }

private:
    mutable mutex mutex_;
    std::string text_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::testing
