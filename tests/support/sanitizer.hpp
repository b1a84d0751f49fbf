// Whether this test program, and so the server that was built with it, runs under a sanitizer.
//
// Asked at run time: test code itself is compiled the same way in every build, see latchkey_test() in
// tests/CMakeLists.txt.
#pragma once

extern "C" {
__attribute__((weak)) void __asan_init();
__attribute__((weak)) void __tsan_init();
}

namespace latchkey::test {

inline bool under_sanitizer() noexcept {
    return __asan_init != nullptr || __tsan_init != nullptr;
}

}  // namespace latchkey::test
