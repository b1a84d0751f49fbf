#include "token_metadata.hpp"

#include <nlohmann/json.hpp>

namespace latchkey::http {
namespace {

constexpr std::string_view well_known = "/.well-known/oauth-authorization-server";

std::string member(std::string_view name, const std::string& value) {
    return ",\"" + std::string(name) + "\":" + nlohmann::json(value).dump();
}

}  // namespace

std::string token_metadata_json(const config& options, const std::string& origin, bool introspection) {
    std::string out = "{\"issuer\":" + nlohmann::json(options.token_issuer()).dump();
    out.append(member("token_endpoint", origin + "/token"));
    out.append(member("jwks_uri", origin + "/.well-known/jwks.json"));
    out.append(member("revocation_endpoint", origin + "/token/revoke"));
    if (introspection)
        out.append(member("introspection_endpoint", origin + "/token/introspect"));
    out.append(member("revocations_feed", origin + "/revocations"));  // our own: see docs/tokens.md
    out.append(",\"response_types_supported\":[],\"grant_types_supported\":[\"password\",\"refresh_token\"]");
    out.append(",\"token_endpoint_auth_methods_supported\":[\"none\"]");
    out.append(",\"revocation_endpoint_auth_methods_supported\":[\"none\"]");
    return out.append("}\n");
}

std::string token_metadata_path(std::string_view issuer) {
    const auto scheme = issuer.find("://");
    const auto path = scheme == issuer.npos ? issuer.npos : issuer.find('/', scheme + 3);
    return std::string(well_known).append(path == issuer.npos ? "" : issuer.substr(path));
}

}  // namespace latchkey::http
