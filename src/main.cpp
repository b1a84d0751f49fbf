// Parse, compose, run: everything is in src/app.
#include "command_line.hpp"

int main(int argc, char** argv) {
    return latchkey::run_command_line(argc, argv);
}
