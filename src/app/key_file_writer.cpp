#include "key_file_writer.hpp"

#include "wording.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace latchkey {
namespace {

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

failure cannot(std::string_view act, const std::string& path, int error) {
    return {exit_unavailable, "key_file_unavailable",
            in_quotes(path) + " cannot be " + std::string(act) + ": " + std::strerror(error) + '.'};
}

int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno != EINTR)
            return errno;
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return 0;
}

}  // namespace

key_file_writer::key_file_writer(owned_fd directory, std::string scratch)
    : directory_(std::move(directory)), scratch_(std::move(scratch)) {
}

attempt<key_file_writer> key_file_writer::open(const std::string& key_file) {
    const std::string name = directory_of(key_file);
    owned_fd directory(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        return cannot("opened", name, errno);
    if (::flock(directory.get(), LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? failure{exit_refused, "keys_in_use",
                                              "Another command is changing keys in " + in_quotes(name) + '.'}
                                    : cannot("locked", name, errno);
    std::string scratch = key_file + ".new";
    if (::unlink(scratch.c_str()) != 0 && errno != ENOENT)
        return cannot("removed", scratch, errno);
    return key_file_writer(std::move(directory), std::move(scratch));
}

attempt<void> key_file_writer::write_scratch(const secret& content) const {
    constexpr mode_t for_its_owner = S_IRUSR | S_IWUSR;
    const owned_fd file(::open(scratch_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, for_its_owner));
    if (!file)
        return cannot("made", scratch_, errno);
    int error = ::fchmod(file.get(), for_its_owner) == 0 ? 0 : errno;  // the umask may have taken some
    if (error == 0)
        error = write_all(file.get(), content.reveal());
    if (error == 0 && ::fsync(file.get()) != 0)
        error = errno;
    if (error == 0)
        return {};
    ::unlink(scratch_.c_str());
    return cannot("written", scratch_, error);
}

attempt<void> key_file_writer::sync_directory() const {
    if (::fsync(directory_.get()) != 0)
        return cannot("made durable", scratch_, errno);
    return {};
}

attempt<void> key_file_writer::create(const std::string& path, const secret& content) {
    if (auto written = write_scratch(content); !written)
        return written;
    // A rename would take the place of what is there.
    const int error = ::link(scratch_.c_str(), path.c_str()) == 0 ? 0 : errno;
    ::unlink(scratch_.c_str());
    if (error == EEXIST)
        return failure{exit_refused, "already_exists", in_quotes(path) + " is there already."};
    if (error != 0)
        return cannot("made", path, error);
    return sync_directory();
}

attempt<void> key_file_writer::replace(const std::string& path, const secret& content) {
    if (auto written = write_scratch(content); !written)
        return written;
    if (::rename(scratch_.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(scratch_.c_str());
        return cannot("replaced", path, error);
    }
    return sync_directory();
}

attempt<void> key_file_writer::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return cannot("removed", path, errno);
    return sync_directory();
}

}  // namespace latchkey
