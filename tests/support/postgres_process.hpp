// A PostgreSQL of the test's own, on a port, with its files in a directory of the object's.
//
// Everybody on this machine may connect as "latchkey", who may do everything. Its first files are made once, beside the
// test program, and copied from there. As root it runs as "postgres".
#pragma once

#include "child_process.hpp"
#include "temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace latchkey::test {

// Where its programs are; "" when there are none.
std::string postgres_directory();

class postgres_process {
public:
    // `settings`: as after -c, "fsync=on". Without that it does not wait for the disk. Returns when it answers. Throws
    // std::runtime_error.
    explicit postgres_process(std::vector<std::string> settings = {});
    // The end, of all its processes.
    ~postgres_process();
    postgres_process(const postgres_process&) = delete;
    postgres_process& operator=(const postgres_process&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    std::string url(const std::string& database = "latchkey") const;
    const temp_dir& directory() const noexcept { return directory_; }
    // What psql prints for it. Throws std::runtime_error when it fails.
    std::string tell(const std::string& sql, const std::string& database = "postgres") const;
    void make_database(const std::string& name);

    // Of all its processes.
    void freeze();
    void thaw();
    // SIGKILL for all of them, and the end.
    void kill();
    void start();
    // SIGINT: clients are cut off, everything is written.
    void stop();

private:
    std::vector<pid_t> processes() const;
    void signal_all(int number) const;

    std::vector<std::string> settings_;
    temp_dir directory_;
    std::uint16_t port_;
    std::unique_ptr<child_process> process_;
};

}  // namespace latchkey::test
