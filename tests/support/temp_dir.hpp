// A directory that exists as long as this object does.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace latchkey::test {

class temp_dir {
public:
    // Owner-only, below $TMPDIR or /tmp. Throws std::system_error.
    temp_dir();
    temp_dir(const temp_dir&) = delete;
    temp_dir& operator=(const temp_dir&) = delete;
    ~temp_dir();

    const std::filesystem::path& path() const noexcept { return path_; }
    std::string operator/(std::string_view name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

// Whole files. Both throw std::runtime_error.
void write_file(const std::string& path, std::string_view content);
std::string read_whole_file(const std::string& path);

}  // namespace latchkey::test
