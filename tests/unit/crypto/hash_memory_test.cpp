// What a thread keeps for its hashes: kept, wiped, and given back. Also that libsodium gets it at all, which no
// compiler checks.
#include "hash_memory.hpp"

#include "argon2.hpp"
#include "sanitizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey {
namespace {

constexpr std::size_t one_mebibyte = std::size_t{1} << 20;
constexpr std::size_t kept_size = 4 * one_mebibyte;

char* map(std::size_t size, int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE) {
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

// Asks the kernel, whatever this program believes.
bool is_mapped(char* address) {
    char* const page = address - reinterpret_cast<std::uintptr_t>(address) % 4096;
    unsigned char resident = 0;
    return mincore(page, 1, &resident) == 0 || errno != ENOMEM;
}

bool is_filled_with(char value, const char* memory, std::size_t size) {
    return std::all_of(memory, memory + size, [value](char c) { return c == value; });
}

long faults_so_far() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt;
}

class HashMemory : public ::testing::Test {
protected:
    void TearDown() override { give_back_hash_memory(); }
};

// The reason for it all. Pages that a hash of 19 MiB touches for the first time are faults: 4,864, or a few hundred
// where most of them are huge.
TEST_F(HashMemory, HashesTouchNoFreshPages) {
    const argon2_parameters usual;
    const secret password(std::string_view("correct horse"));
    const std::string phc = hash_password(password, usual).value();
    const kept_hash_memory kept(usual.memory);
    EXPECT_TRUE(verify_password(password, phc, usual)->matches);
    const long before = faults_so_far();
    EXPECT_TRUE(verify_password(password, phc, usual)->matches);
    EXPECT_FALSE(verify_password(secret(std::string_view("correct house")), phc, usual)->matches);
    EXPECT_LT(faults_so_far() - before, 100);
    EXPECT_TRUE(verify_password(password, hash_password(password, usual).value(), usual)->matches);
}

// P5: what a hash leaves behind would let guesses be tried without its work.
TEST_F(HashMemory, IsWipedWhenTheHashIsDone) {
    const kept_hash_memory kept(kept_size);
    char* const first = map(kept_size);
    ASSERT_NE(first, nullptr);
    EXPECT_TRUE(is_filled_with(0, first, kept_size));
    std::memset(first, 'x', kept_size);
    ASSERT_EQ(munmap(first, kept_size), 0);
    ASSERT_TRUE(is_mapped(first)) << "it was to be kept";
    EXPECT_TRUE(is_filled_with(0, first, kept_size));
    EXPECT_EQ(map(kept_size), first);
    EXPECT_EQ(munmap(first, kept_size), 0);
}

TEST_F(HashMemory, IsForTheThreadAndTheTimeThatItIsKeptFor) {
    char* kept_one = nullptr;
    {
        const kept_hash_memory kept(kept_size);
        kept_one = map(kept_size);
        munmap(kept_one, kept_size);
        std::thread([&] {
            char* const other = map(kept_size);
            EXPECT_NE(other, kept_one);
            munmap(other, kept_size);
            EXPECT_FALSE(is_mapped(other));
        }).join();
    }
    char* const later = map(kept_size);
    EXPECT_NE(later, kept_one);
    munmap(later, kept_size);
    EXPECT_FALSE(is_mapped(later));
    const kept_hash_memory again(kept_size);
    EXPECT_EQ(map(kept_size), kept_one);
    munmap(kept_one, kept_size);
}

// Foreign hashes with more memory leave nothing behind; what is small, shared or a file isn't a hash's memory.
TEST_F(HashMemory, LendsOnlyWhatItIsFor) {
    const kept_hash_memory kept(kept_size);
    char* const smaller = map(3 * one_mebibyte);
    char* const second = map(kept_size);
    EXPECT_NE(second, smaller) << "lent to two";
    munmap(smaller, 3 * one_mebibyte);
    munmap(second, kept_size);
    EXPECT_TRUE(is_mapped(smaller));
    EXPECT_FALSE(is_mapped(second));
    for (const std::size_t size : {kept_size + 1, 5 * kept_size, std::size_t{4096}}) {
        char* const other = map(size);
        EXPECT_NE(other, smaller) << size;
        munmap(other, size);
        EXPECT_FALSE(is_mapped(other)) << size;
    }
    char* const shared = map(kept_size, MAP_SHARED | MAP_ANONYMOUS);
    EXPECT_NE(shared, smaller);
    munmap(shared, kept_size);
    void* const untouchable = mmap(nullptr, kept_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(untouchable, smaller);
    munmap(untouchable, kept_size);
}

TEST_F(HashMemory, GoesBackWhenToldTo) {
    const kept_hash_memory kept(kept_size);
    char* const memory = map(kept_size);
    give_back_hash_memory();
    std::memset(memory, 'x', kept_size);  // it is somebody's: it stays
    munmap(memory, kept_size);
    ASSERT_TRUE(is_mapped(memory));
    give_back_hash_memory();
    EXPECT_FALSE(is_mapped(memory));
    EXPECT_FALSE(is_mapped(memory + kept_size - 1));
    give_back_hash_memory();
}

TEST_F(HashMemory, GoesBackWithItsThread) {
    char* memory = nullptr;
    std::thread([&] {
        const kept_hash_memory kept(kept_size);
        memory = map(kept_size);
        munmap(memory, kept_size);
        EXPECT_TRUE(is_mapped(memory));
    }).join();
    EXPECT_FALSE(is_mapped(memory));
}

// Other parameters by now.
TEST_F(HashMemory, FollowsTheSize) {
    char* large = nullptr;
    {
        const kept_hash_memory kept(4 * kept_size);
        large = map(4 * kept_size);
        munmap(large, 4 * kept_size);
    }
    const kept_hash_memory kept(kept_size);
    char* const small = map(kept_size);
    EXPECT_FALSE(is_mapped(large));
    munmap(small, kept_size);
}

TEST_F(HashMemory, WhatIsStillLentBelongsToWhoeverHasIt) {
    char* memory = nullptr;
    {
        const kept_hash_memory kept(kept_size);
        memory = map(kept_size);
        std::memset(memory, 'x', kept_size);
    }
    give_back_hash_memory();
    EXPECT_TRUE(is_filled_with('x', memory, kept_size));
    munmap(memory, kept_size);
    EXPECT_FALSE(is_mapped(memory));
}

TEST_F(HashMemory, WhatIsUnmappedInPartsIsKeptNoMore) {
    const kept_hash_memory kept(kept_size);
    for (const std::size_t from : {std::size_t{0}, one_mebibyte}) {
        char* const memory = map(kept_size);
        std::memset(memory, 'x', kept_size);
        ASSERT_EQ(munmap(memory + from, one_mebibyte), 0);
        EXPECT_FALSE(is_mapped(memory + from));
        EXPECT_TRUE(is_filled_with('x', memory + 2 * one_mebibyte, kept_size - 2 * one_mebibyte));
        char* const next = map(kept_size);
        EXPECT_TRUE(is_filled_with(0, next, kept_size));
        munmap(next, kept_size);
        munmap(memory, kept_size);
    }
}

// E5: told apart from a wrong password, with the memory kept as without. In a process of its own, whose
// address space has an end.
TEST_F(HashMemory, WithoutMemoryIsOverloaded) {
    if (test::under_sanitizer())
        GTEST_SKIP() << "sanitizers end the program when memory ends";
    const argon2_parameters dear{64 * one_mebibyte, 1};
    const secret password(std::string_view("correct horse"));
    const std::string phc = hash_password(password, dear).value();
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        rlimit little{};
        getrlimit(RLIMIT_AS, &little);
        little.rlim_cur = 48 * one_mebibyte;
        setrlimit(RLIMIT_AS, &little);
        const kept_hash_memory kept(dear.memory);
        const auto verified = verify_password(password, phc, dear);
        const auto hashed = hash_password(password, dear);
        const bool right =
            !verified && verified.error() == errc::overloaded && !hashed && hashed.error() == errc::overloaded;
        little.rlim_cur = little.rlim_max;
        setrlimit(RLIMIT_AS, &little);
        _exit(right && verify_password(password, phc, dear)->matches ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace latchkey
