// Huge pages for what malloc() gives out.
//
// Among a million sessions nearly every step of a look-up leads to a page whose translation the processor has to look
// for first. glibc asks the kernel for huge pages if the tunable glibc.malloc.hugetlb says so (glibc 2.35), and it
// reads tunables from the environment of a program that begins, and never again.
#pragma once

namespace latchkey {

// Lets the program begin anew, as the same process and with the same arguments, with that tunable. Returns where that
// would change nothing or is not wanted: it is set already, to whatever; the kernel gives huge pages unasked or never;
// the program was given rights that its user has not; a sanitizer brings an allocator of its own. Also when it fails.
// For the first lines of main(), as it knows of no threads and no open files.
void restart_with_huge_pages(char* const* argv) noexcept;

}  // namespace latchkey
