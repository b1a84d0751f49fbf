#include "public_suffix.hpp"

#include <memory>

#include <libpsl.h>

namespace latchkey {

bool is_public_suffix(const std::string& domain) {
    // The newest of the system's file and what is compiled into the library.
    const std::unique_ptr<psl_ctx_t, decltype(&psl_free)> list(psl_latest(nullptr), psl_free);
    return list && psl_is_public_suffix2(list.get(), domain.c_str(), PSL_TYPE_ANY) != 0;
}

}  // namespace latchkey
