// What Redis answered, as a value, and the reader that makes it of bytes (RESP2, hiredis' parser).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

struct redis_reply {
    enum class kind { nil, integer, text, error, list };

    kind type = kind::nil;
    std::int64_t integer = 0;
    std::string text;  // of a text or an error; any bytes
    std::vector<redis_reply> items;

    bool is_nil() const noexcept { return type == kind::nil; }
    bool is_text() const noexcept { return type == kind::text; }
    bool is_integer() const noexcept { return type == kind::integer; }
    bool is_error() const noexcept { return type == kind::error; }
    // Whether it is a list of at least so many.
    bool is_list(std::size_t least = 0) const noexcept { return type == kind::list && items.size() >= least; }
    // Whether it is an error of that sort: its first word.
    bool is_error(std::string_view code) const noexcept {
        return is_error() && text.compare(0, code.size(), code) == 0 &&
               (text.size() == code.size() || text[code.size()] == ' ');
    }
};

// For one connection. Not thread-safe.
class redis_reader {
public:
    redis_reader();  // throws std::bad_alloc
    ~redis_reader();
    redis_reader(const redis_reader&) = delete;
    redis_reader& operator=(const redis_reader&) = delete;

    // False: that is not Redis, or there is no memory for it. The connection is of no use then.
    bool feed(std::string_view bytes) noexcept;
    // The next whole reply, nothing when more bytes are needed. `broken` as feed()'s false. Throws std::bad_alloc.
    std::optional<redis_reply> next(bool& broken);

private:
    struct parser;
    std::unique_ptr<parser> parser_;
};

// A command as Redis wants to read it. Throws std::bad_alloc.
std::string redis_command(const std::vector<std::string_view>& words);

}  // namespace latchkey
