// Parse, compose, run: everything is in src/app.
#include "command_line.hpp"
#include "huge_pages.hpp"

#include <string_view>

int main(int argc, char** argv) {
    if (argc > 1 && argv[1] == std::string_view("serve"))
        latchkey::restart_with_huge_pages(argv);
    return latchkey::run_command_line(argc, argv);
}
