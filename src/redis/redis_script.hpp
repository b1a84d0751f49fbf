// A Lua script that Redis runs as one step: sent by its digest, and in full to a server that does not know it yet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

// How a script begins. A full Redis refuses the one kind and takes the other. There is none for those that only look: a
// master that was replaced would go on answering them, and refuses these.
inline constexpr const char* script_that_needs_room = "#!lua\n";
inline constexpr const char* script_even_when_full = "#!lua flags=allow-oom\n";

class redis_script {
public:
    // Throws std::bad_alloc.
    explicit redis_script(std::string text);

    // The same call twice: what nearly always does, and what does after the answer NOSCRIPT.
    std::string by_digest(const std::vector<std::string_view>& arguments) const;
    std::string in_full(const std::vector<std::string_view>& arguments) const;

private:
    std::string text_;
    std::string digest_;  // SHA-1 as 40 hex digits, which is the name Redis gives it
};

}  // namespace latchkey
