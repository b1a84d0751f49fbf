#include "unix_address.hpp"

#include "temp_dir.hpp"
#include "unique_fd.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include <sys/stat.h>

namespace latchkey::http {
namespace {

using test::unique_fd;

bool bind_and_connect(const std::string& path) {
    const auto where = unix_address::make(path);
    if (!where)
        return false;
    const unique_fd server(::socket(AF_UNIX, SOCK_STREAM, 0));
    if (::bind(server.get(), where->data(), where->size()) != 0 || ::listen(server.get(), 1) != 0)
        return false;
    const auto again = unix_address::make(path);
    const unique_fd client(::socket(AF_UNIX, SOCK_STREAM, 0));
    return again && ::connect(client.get(), again->data(), again->size()) == 0;
}

TEST(unix_address, any_directory_will_do) {
    const test::temp_dir directory;
    std::string deep = directory.path().string();
    for (int i = 0; i < 10; ++i)
        deep += "/" + std::string(50, static_cast<char>('a' + i));
    std::filesystem::create_directories(deep);
    for (const std::string& path : {directory / "short", deep + "/socket", deep + "/" + std::string(70, 's')}) {
        EXPECT_TRUE(bind_and_connect(path)) << path;
        struct stat info {};
        ASSERT_EQ(::stat(path.c_str(), &info), 0) << path;
        EXPECT_TRUE(S_ISSOCK(info.st_mode));
    }
}

TEST(unix_address, what_cannot_be) {
    const test::temp_dir directory;
    const std::string missing = directory / std::string(60, 'x') + "/" + std::string(60, 'y') + "/socket";
    EXPECT_EQ(unix_address::make("").error().value(), EINVAL);
    EXPECT_EQ(unix_address::make("/tmp/").error().value(), EINVAL);
    EXPECT_EQ(unix_address::make(std::string("/tmp/a\0b", 8)).error().value(), EINVAL);
    EXPECT_EQ(unix_address::make(missing).error().value(), ENOENT);
    EXPECT_EQ(unix_address::make(directory / std::string(200, 'n')).error().value(), ENAMETOOLONG);
}

}  // namespace
}  // namespace latchkey::http
