#include "test_authority.hpp"

#include "child_process.hpp"

#include <stdexcept>
#include <vector>

namespace latchkey::test {
namespace {

void run_openssl(std::vector<std::string> arguments) {
    child_options options;
    options.argv = std::move(arguments);
    options.argv.insert(options.argv.begin(), "/usr/bin/openssl");
    const auto done = run_program(options);
    if (done.status != 0)
        throw std::runtime_error("no certificate: " + done.errors);
}

}  // namespace

issued_certificate issue_certificate(const temp_dir& directory, const std::string& names) {
    const issued_certificate made{directory / "authority.pem", directory / "server.pem", directory / "server.key"};
    const std::string authority_key = directory / "authority.key", request = directory / "request.pem",
                      extensions = directory / "extensions";
    write_file(extensions, "subjectAltName = " + names + "\n");
    const std::string curve = "ec_paramgen_curve:prime256v1";
    run_openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", curve, "-nodes", "-days", "2", "-subj",
                 "/CN=test authority", "-keyout", authority_key, "-out", made.authority});
    run_openssl({"req", "-newkey", "ec", "-pkeyopt", curve, "-nodes", "-subj", "/CN=test server", "-keyout", made.key,
                 "-out", request});
    run_openssl({"x509", "-req", "-in", request, "-CA", made.authority, "-CAkey", authority_key, "-CAcreateserial",
                 "-days", "2", "-extfile", extensions, "-out", made.certificate});
    return made;
}

}  // namespace latchkey::test
