#include <latchkey/session.hpp>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(ClientAddress, SaysNothingWhenUnknown) {
    EXPECT_EQ(client_address{}.str(), "");
}

TEST(ClientAddress, WritesMappedAddressesAsIpv4) {
    EXPECT_EQ((client_address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}}.str()), "192.0.2.1");
    EXPECT_EQ((client_address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}}.str()), "0.0.0.0");
}

TEST(ClientAddress, WritesIpv6InItsShortForm) {
    EXPECT_EQ((client_address{{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}.str()), "2001:db8::1");
    EXPECT_EQ((client_address{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}.str()), "::1");
}

}  // namespace
}  // namespace latchkey
