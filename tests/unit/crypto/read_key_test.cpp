// S1: what a key file may not hold. The keys of other kinds are made by libcrypto, as openssl's command line makes
// them.
#include "key_fault.hpp"
#include "openssl_handles.hpp"
#include "signing_keys.hpp"

#include <cstdio>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey {
namespace {

boost::system::error_code fault_of(std::string_view text) {
    const auto key = read_key_text(text);
    return key ? boost::system::error_code() : key.error();
}

// What a command prints; nothing if it fails.
std::string output_of(const std::string& command) {
    std::string out;
    FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
    if (!pipe)
        return {};
    char block[4096];
    while (const auto got = fread(block, 1, sizeof block, pipe))
        out.append(block, got);
    return pclose(pipe) == 0 ? out : std::string();
}

class openssl_keys : public testing::Test {
protected:
    void SetUp() override {
        if (output_of("openssl version").empty())
            GTEST_SKIP() << "openssl is not installed";
    }
};

TEST_F(openssl_keys, are_read) {
    const auto ed = read_key_text(output_of("openssl genpkey -algorithm ed25519"));
    ASSERT_TRUE(ed) << ed.error().message();
    EXPECT_EQ(ed->algorithm(), token_algorithm::ed25519);
    const auto ec = read_key_text(output_of("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"));
    ASSERT_TRUE(ec) << ec.error().message();
    EXPECT_EQ(ec->algorithm(), token_algorithm::es256);
    const auto shared = read_key_text(output_of("openssl rand -base64 32"));
    ASSERT_TRUE(shared) << shared.error().message();
    EXPECT_EQ(shared->algorithm(), token_algorithm::hs256);
}

// J1: a key is of one of our algorithms, and says which.
TEST_F(openssl_keys, of_other_kinds_are_refused) {
    for (const char* type : {"RSA", "EC -pkeyopt ec_paramgen_curve:P-384", "EC -pkeyopt ec_paramgen_curve:secp256k1",
                             "X25519", "ED448", "EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"}) {
        const auto text = output_of(std::string("openssl genpkey -algorithm ") + type);
        ASSERT_FALSE(text.empty()) << type;
        EXPECT_EQ(fault_of(text), key_fault::other_type) << type;
    }
    const std::string ec = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";
    EXPECT_EQ(fault_of(output_of(ec + " -aes256 -pass pass:abcdef")), key_fault::encrypted);
    EXPECT_EQ(fault_of(output_of(ec + " | openssl pkey -pubout")), key_fault::public_only);
    EXPECT_EQ(fault_of(output_of(ec + " | openssl ec")), key_fault::other_container);
    EXPECT_EQ(fault_of(output_of("openssl genpkey -algorithm ed25519 -text")), key_fault::not_a_key);
}

TEST_F(openssl_keys, reads_what_is_written) {
    char file[] = "/tmp/latchkey-key-XXXXXX";
    const int fd = mkstemp(file);
    ASSERT_GE(fd, 0);
    for (const auto algorithm : {token_algorithm::ed25519, token_algorithm::es256}) {
        const secret text = signing_key::generate(algorithm).write();
        ASSERT_EQ(ftruncate(fd, 0), 0);
        ASSERT_EQ(pwrite(fd, text.reveal().data(), text.size(), 0), static_cast<ssize_t>(text.size()));
        // The same bytes: there is one way to write it.
        EXPECT_EQ(output_of(std::string("openssl pkey -in ") + file), text.reveal());
    }
    close(fd);
    unlink(file);
}

TEST(read_key, refuses_what_is_no_key) {
    const std::string key(rfc8037_key);
    for (const std::string& text :
         {std::string(), std::string("\n"), std::string("-----"), key.substr(0, key.size() / 2), key + "x", key + "\n",
          ' ' + key, "# mine\n" + key, key + '\0', "\xef\xbb\xbf" + key,
          key.substr(0, 60) + "\xc3\xa9" + key.substr(60),
          std::string("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"),
          std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), std::string("not base64!"),
          std::string("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr8=\nAyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr8=\n")})
        EXPECT_EQ(fault_of(text), key_fault::not_a_key) << text;
    EXPECT_EQ(fault_of(key + key), key_fault::several);
    EXPECT_EQ(fault_of(std::string(4097, 'A')), key_fault::too_large);
    EXPECT_EQ(fault_of(std::string(10'000'000, '\n')), key_fault::too_large);
    // One byte more within the base64 than the key has.
    EXPECT_EQ(fault_of("-----BEGIN PRIVATE KEY-----\n"
                       "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9gAA==\n"
                       "-----END PRIVATE KEY-----\n"),
              key_fault::not_a_key);
}

TEST(read_key, refuses_every_cut_and_no_cut_crashes) {
    const std::string key(rfc8037_key);
    for (std::size_t size = 0; size + 1 < key.size(); ++size)
        EXPECT_FALSE(read_key_text(key.substr(0, size))) << size;
    EXPECT_TRUE(read_key_text(key.substr(0, key.size() - 1)));  // but for the newline at its end
}

// J5
TEST(read_key, wants_256_random_bits) {
    EXPECT_EQ(fault_of("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLg=="), key_fault::too_short);
    EXPECT_TRUE(read_key_text("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr8="));
    EXPECT_EQ(fault_of("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr8"), key_fault::not_a_key);   // no padding
    EXPECT_EQ(fault_of("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8="), key_fault::not_a_key);  // base64url
    EXPECT_EQ(fault_of(std::string(43, 'A') + '='), key_fault::not_random);
    EXPECT_EQ(fault_of("Y2hhbmdlbWUtY2hhbmdlbWUtY2hhbmdlbWUtY2hhbmdlbWUt"), key_fault::not_random);  // changeme-…
    EXPECT_EQ(fault_of("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU2Nzg5"), key_fault::not_random);  // abc…789
    EXPECT_EQ(fault_of(std::string(4 * 300, 'A')), key_fault::too_long);
    EXPECT_EQ(fault_of("-----BEGIN PRIVATE KEY-----\n"
                       "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                       "-----END PRIVATE KEY-----\n"),
              key_fault::not_random);
}

// What operators read never holds what the file held.
TEST(read_key, every_fault_has_words) {
    for (int value = 1; value <= static_cast<int>(key_fault::not_random); ++value)
        EXPECT_NE(make_error_code(static_cast<key_fault>(value)).message(), "cannot be used");
}

}  // namespace
}  // namespace latchkey
