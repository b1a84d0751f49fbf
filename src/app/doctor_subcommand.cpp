#include "doctor_command.hpp"
#include "subcommands.hpp"

#include <CLI/CLI.hpp>

namespace latchkey {

void define_doctor(CLI::App& app, invocation& said, const console& io) {
    auto* doctor = define_command(app, said, "doctor", "Find out why a login does not work behind a proxy");
    doctor->add_option("URL", said.url, "A page that only people who signed in may see")->required()->type_name("");
    doctor->add_option("--ca-file", said.ca_file, "Certificates to trust, PEM, in place of the system's")
        ->type_name("FILE");
    doctor->add_option("--connect", said.connect_to, "Connect here, whatever address the URL's name has")
        ->type_name("HOST:PORT");
    takes_json(doctor, said);
    doctor->footer(
        "Looks at the configuration, at Redis where sessions are there, asks the server whether it is ready, and "
        "visits\n"
        "the page through the proxy as a browser would that has no session. Changes nothing and needs no password. Run "
        "it on the machine of\n"
        "the server. Exits with 0 when nothing is wrong, and with 1 when something is.\n\n"
        "Example: latchkey doctor https://app.example.com/ --config /etc/latchkey/latchkey.toml");
    doctor->callback([&said, &io] {
        said.action = [&said, &io] {
            return examine_setup(io, {said.config_file, said.json, said.url, said.ca_file, said.connect_to});
        };
    });
}

}  // namespace latchkey
