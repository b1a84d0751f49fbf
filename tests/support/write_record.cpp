#include "write_record.hpp"

#include "temp_dir.hpp"
#include "unique_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

constexpr std::size_t sector = 512;

// An open file that is changed back; no file, when the program removed it.
class repaired_file {
public:
    explicit repaired_file(const std::string& path) : path_(path), fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        if (!fd_ && errno != ENOENT)
            fail();
    }
    bool is_there() const { return static_cast<bool>(fd_); }
    void write(std::string_view bytes, std::int64_t at) const {
        if (::pwrite(fd_.get(), bytes.data(), bytes.size(), at) != static_cast<ssize_t>(bytes.size()))
            fail();
    }
    void resize(std::int64_t size) const {
        if (::ftruncate(fd_.get(), size) != 0)
            fail();
    }

private:
    [[noreturn]] void fail() const { throw std::system_error(errno, std::generic_category(), path_); }
    std::string path_;
    unique_fd fd_;
};

}  // namespace

std::string write_record::path_of(std::uint32_t file) const {
    return database_ + (file == write_entry::log ? "-wal" : file == write_entry::rollback ? "-journal" : "");
}

std::vector<write_record::change> write_record::read() const {
    std::vector<change> out;
    std::vector<std::int64_t> places;  // of each change in the record
    if (!std::filesystem::exists(record_))
        return out;
    const auto text = read_whole_file(record_);
    const auto forget = [&](std::uint32_t file, std::int64_t before) {
        for (std::size_t i = out.size(); i-- > 0;)
            if (out[i].entry.file == file && places[i] < before) {
                out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
                places.erase(places.begin() + static_cast<std::ptrdiff_t>(i));
            }
    };
    std::size_t at = 0;
    while (text.size() - at >= sizeof(write_entry)) {
        change one;
        std::memcpy(&one.entry, text.data() + at, sizeof(write_entry));
        const auto next = at + sizeof(write_entry) + one.entry.old_length + one.entry.new_length;
        if (next > text.size())
            break;  // killed while recording: the change itself was not made
        const auto place = static_cast<std::int64_t>(at);
        one.old_bytes = text.substr(at + sizeof(write_entry), one.entry.old_length);
        one.new_bytes = text.substr(at + sizeof(write_entry) + one.entry.old_length, one.entry.new_length);
        at = next;
        if (one.entry.kind == write_entry::sync) {
            forget(one.entry.file, one.entry.at);
        } else if (one.entry.kind == write_entry::unlink) {
            forget(one.entry.file, place);
        } else {
            out.push_back(std::move(one));
            places.push_back(place);
        }
    }
    return out;
}

void write_record::settle() {
    std::string kept;
    for (const auto& one : read()) {
        kept.append(reinterpret_cast<const char*>(&one.entry), sizeof one.entry);
        kept += one.old_bytes;
        kept += one.new_bytes;
    }
    write_file(record_, kept);
}

void write_record::cut_power(const power_cut& how) {
    const auto changes = read();
    for (auto one = changes.rbegin(); one != changes.rend(); ++one)
        if (const repaired_file file(path_of(one->entry.file)); file.is_there()) {
            file.write(one->old_bytes, one->entry.at);
            file.resize(one->entry.old_size);
        }
    for (const auto& one : changes) {
        const repaired_file file(path_of(one.entry.file));
        if (!file.is_there())
            continue;
        if (one.entry.kind == write_entry::truncate) {
            if (how.survives())
                file.resize(one.entry.at);
            continue;
        }
        for (std::size_t begin = 0; begin < one.new_bytes.size(); begin += sector)
            if (how.survives())
                file.write(std::string_view(one.new_bytes).substr(begin, sector),
                           one.entry.at + static_cast<std::int64_t>(begin));
    }
    write_file(record_, "");
}

}  // namespace latchkey::test
