#include "serve.hpp"

#include "compose.hpp"

#include <exception>
#include <iostream>

namespace latchkey {

int serve(const loaded_config& loaded, const environment& variables) {
    for (const auto& warning : loaded.warnings)
        std::cerr << "latchkey: warning: " << warning << '\n';
    try {
        compose(loaded, variables)->run();
        return 0;
    } catch (const store_error& e) {
        std::cerr << "latchkey: " << e.what() << '\n';
        return 3;
    } catch (const configuration_error& e) {
        std::cerr << "latchkey: " << e.what() << '\n';
        return 2;
    } catch (const std::exception& e) {
        std::cerr << "latchkey: " << e.what() << '\n';
        return 1;
    }
}

}  // namespace latchkey
