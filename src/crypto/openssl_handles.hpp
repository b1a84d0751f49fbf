// Owners of what libcrypto hands out.
#pragma once

#include <memory>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace latchkey {

template <auto Free>
struct openssl_free {
    template <class T>
    void operator()(T* held) const noexcept {
        Free(held);
    }
};

using evp_pkey = std::unique_ptr<EVP_PKEY, openssl_free<EVP_PKEY_free>>;
using evp_pkey_context = std::unique_ptr<EVP_PKEY_CTX, openssl_free<EVP_PKEY_CTX_free>>;
using evp_digest_context = std::unique_ptr<EVP_MD_CTX, openssl_free<EVP_MD_CTX_free>>;
using pkcs8_key = std::unique_ptr<PKCS8_PRIV_KEY_INFO, openssl_free<PKCS8_PRIV_KEY_INFO_free>>;
using ecdsa_signature = std::unique_ptr<ECDSA_SIG, openssl_free<ECDSA_SIG_free>>;
using big_number = std::unique_ptr<BIGNUM, openssl_free<BN_clear_free>>;

}  // namespace latchkey
