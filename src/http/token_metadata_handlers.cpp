// GET /.well-known/jwks.json (RFC 7517) and GET /.well-known/oauth-authorization-server (RFC 8414): public, the same
// for everybody, and good for five minutes, which is why a new key is published before it signs.
#include "routes.hpp"
#include "session_json.hpp"

namespace latchkey::http {

task<void> token_keys_published(exchange& x) {
    if (!x.svc->core.tokens) {
        x.refuse(problems::not_found);
        co_return;
    }
    const auto keys = x.svc->core.tokens->jwks();
    x.allow_cache();
    x.begin(200);
    x.finish("application/jwk-set+json", *keys);
}

task<void> token_metadata(exchange& x) {
    if (!x.svc->core.tokens || x.head.path != x.svc->metadata_path) {
        x.refuse(problems::not_found);
        co_return;
    }
    x.allow_cache();
    x.begin(200);
    x.finish(json_type, x.svc->token_metadata);
}

}  // namespace latchkey::http
