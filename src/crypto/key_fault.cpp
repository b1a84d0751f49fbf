#include "key_fault.hpp"

#include <string>

namespace latchkey {
namespace {

class key_faults final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "latchkey key"; }

    std::string message(int value) const override {
        switch (static_cast<key_fault>(value)) {
            case key_fault::not_a_key:
                return "is neither a private key in PEM (PKCS#8) nor one line of base64";
            case key_fault::too_large:
                return "is larger than 4KiB";
            case key_fault::encrypted:
                return "is encrypted: a server has nobody to ask for the passphrase";
            case key_fault::public_only:
                return "is a public key: signing takes the private one";
            case key_fault::several:
                return "has others beside it: one file holds one key";
            case key_fault::other_container:
                return "is not PKCS#8: convert it with \"openssl pkcs8 -topk8 -nocrypt\"";
            case key_fault::other_type:
                return "is neither of type Ed25519 nor on the named curve P-256";
            case key_fault::inconsistent:
                return "has a public half that is not its own";
            case key_fault::too_short:
                return "has fewer than 32 bytes";
            case key_fault::too_long:
                return "has more than 512 bytes";
            case key_fault::not_random:
                return "is not made of random bytes";
        }
        return "cannot be used";
    }
};

}  // namespace

const boost::system::error_category& key_fault_category() noexcept {
    static const key_faults category;
    return category;
}

}  // namespace latchkey
