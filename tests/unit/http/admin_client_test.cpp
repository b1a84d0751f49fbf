// What the command line is told when there is no answer.
#include "admin_client.hpp"

#include "free_port.hpp"
#include "temp_dir.hpp"
#include "unique_fd.hpp"

#include <gmock/gmock.h>

#include <netinet/in.h>
#include <sys/socket.h>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;

TEST(admin_client, tells_why_there_is_no_answer) {
    const test::temp_dir directory;
    EXPECT_EQ(admin_client("").ask("GET", "/").outcome, admin_outcome::nobody_listens);
    EXPECT_EQ(admin_client("unix:" + directory / "none").ask("GET", "/").outcome, admin_outcome::nobody_listens);
    EXPECT_EQ(admin_client("127.0.0.1:" + std::to_string(test::free_port())).ask("GET", "/").outcome,
              admin_outcome::nobody_listens);
    EXPECT_EQ(admin_client("no address").ask("GET", "/").outcome, admin_outcome::failed);
    EXPECT_EQ(admin_client("unix:" + directory / "none/below").ask("GET", "/").outcome, admin_outcome::nobody_listens);
}

TEST(admin_client, does_not_wait_for_ever) {
    const test::unique_fd mute(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    ASSERT_EQ(::bind(mute.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
    ASSERT_EQ(::listen(mute.get(), 1), 0);
    ASSERT_EQ(::getsockname(mute.get(), reinterpret_cast<sockaddr*>(&where), &size), 0);
    const admin_client client("127.0.0.1:" + std::to_string(ntohs(where.sin_port)), {}, milliseconds{50});
    const auto reply = client.ask("GET", "/admin/users");
    EXPECT_EQ(reply.outcome, admin_outcome::failed);
    EXPECT_THAT(reply.reason, HasSubstr("no answer"));
}

}  // namespace
}  // namespace latchkey::http
