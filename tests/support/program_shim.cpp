#include "program_shim.hpp"

#include "sanitizer.hpp"
#include "unique_fd.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <new>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>

namespace latchkey::test {
namespace {

void copy_path(char (&to)[shim_state::path_size], const std::string& path) {
    if (path.size() >= sizeof to)
        throw std::invalid_argument("too long for the shim: " + path);
    std::memcpy(to, path.c_str(), path.size() + 1);
}

}  // namespace

std::string program_shim::unusable() {
    return under_sanitizer() ? "a sanitizer's runtime must come before every other library" : "";
}

program_shim::program_shim(const std::string& database) {
    const auto path = directory_ / "state";
    const unique_fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd || ::ftruncate(fd.get(), sizeof(shim_state)) != 0)
        throw std::system_error(errno, std::generic_category(), path);
    void* memory = ::mmap(nullptr, sizeof(shim_state), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "mmap");
    state_ = new (memory) shim_state;
    copy_path(state_->database, database);
}

program_shim::~program_shim() {
    ::munmap(state_, sizeof(shim_state));
}

std::map<std::string, std::string> program_shim::environment() const {
    return {{"LD_PRELOAD", LATCHKEY_SHIM}, {shim_variable, directory_ / "state"}};
}

std::string program_shim::record_writes() {
    copy_path(state_->record, directory_ / "record");
    return state_->record;
}

void program_shim::fail(const disk_fault& fault, std::uint32_t nth) {
    heal();
    state_->met = 0;
    state_->failed = 0;
    state_->nth = nth;
    state_->error = fault.error;
    state_->lasting = fault.lasting;
    state_->half_written = fault.half_written;
    state_->kinds = fault.kinds;
}

void program_shim::heal() {
    state_->kinds = 0;
}

void program_shim::pass_time(std::chrono::seconds by) {
    state_->realtime += by.count();
    state_->boottime += by.count();
}

void program_shim::reboot(std::chrono::seconds down) {
    char id[64];
    std::snprintf(id, sizeof id, "%08x-0000-4000-8000-000000000000\n", static_cast<unsigned>(++boots_));
    const auto path = directory_ / "boot_id";
    write_file(path, id);
    copy_path(state_->boot_id, path);
    state_->realtime += down.count();
    timespec up{};
    ::clock_gettime(CLOCK_BOOTTIME, &up);
    constexpr std::int64_t just_started = 20;
    state_->boottime = just_started - up.tv_sec;
}

}  // namespace latchkey::test
