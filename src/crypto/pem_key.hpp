// Private keys as PEM PKCS#8, what `openssl genpkey` writes. Read strictly: one key, nothing before it or behind it.
#pragma once

#include "openssl_handles.hpp"

#include <latchkey/error.hpp>
#include <latchkey/secret.hpp>

namespace latchkey {

// Of any type that libcrypto knows. A key_fault otherwise. Throws std::bad_alloc.
result<evp_pkey> read_pem_key(std::string_view text);

// Throws std::bad_alloc.
secret write_pem_key(const EVP_PKEY& key);

}  // namespace latchkey
