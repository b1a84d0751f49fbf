// Reads the lines of a log that another process writes: its last ones, and those that come.
//
// It follows the name: a file that was renamed is read to its end before the new one is. Lines without their newline
// are still being written and wait. For one thread.
#pragma once

#include "owned_fd.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace latchkey {

class log_reader {
public:
    // Whether a line is of interest.
    using filter = std::function<bool(std::string_view)>;

    log_reader(std::string path, filter wanted) : path_(std::move(path)), wanted_(std::move(wanted)) {}

    // The error of the system, or std::errc::invalid_argument for what is no regular file.
    std::error_code open();

    // What follows is for a reader that is open.
    // Up to `count` of the last wanted lines, in their order, without newlines. Once, before more().
    std::vector<std::string> last(std::size_t count);

    // The wanted lines that came since. Does not wait.
    std::vector<std::string> more();

private:
    void read_on(std::vector<std::string>& lines);
    bool has_successor() const;

    const std::string path_;
    const filter wanted_;
    std::optional<owned_fd> file_;
    std::size_t at_ = 0;   // read up to here
    std::string partial_;  // the begin of a line that is still being written, up to at_
};

}  // namespace latchkey
