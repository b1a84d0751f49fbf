// A Latchkey that issues tokens, signed by a key that the test knows as well; and who else is asked about tokens: stock
// verifiers, and the maker of tampered ones, which are programs below tests/tokens.
#pragma once

#include "latchkey_server.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace latchkey::test {

class token_issuer {
public:
    // `algorithm` as in tokens.algorithm. Throws std::runtime_error.
    explicit token_issuer(std::string algorithm, std::map<std::string, std::string> config = {});

    latchkey_server& server() { return server_; }
    const latchkey_server& server() const { return server_; }
    const std::string& algorithm() const noexcept { return algorithm_; }
    std::string key_file() const { return directory_ / "token-key.pem"; }

    // What POST /token answers to this user's password. Throws std::runtime_error unless that is 200.
    nlohmann::json pair_of(const test_user& user) const;
    // An access token for the session of this cookie. Throws likewise.
    std::string token_of(const std::string& cookie) const;
    // Status of GET /sessions/whoami with `Authorization: Bearer TOKEN`, sent as it is.
    int whoami(const std::string& token) const;
    void logout(const std::string& cookie) const;

    // How a verifier is to check: algorithm, issuer, audience, and jwks or secret.
    nlohmann::json terms() const;

private:
    std::string algorithm_;
    temp_dir directory_;
    latchkey_server server_;
};

struct tampered_token {
    std::string name, token;
    bool same = false;   // only spelt in another way: a lenient reader may take it
    bool ours = false;   // signed by the real key, and odd in what stock verifiers overlook
    bool blank = false;  // the genuine one with white space round it, which HTTP may remove
};

// Throws std::runtime_error.
std::vector<tampered_token> tampered(const token_issuer& issuer, const std::string& token);

// A verifier that is not ours.
struct stock_verifier {
    std::string name;
    bool (*available)();
    // Which of them it takes. Throws std::runtime_error.
    std::vector<bool> (*judge)(const nlohmann::json& terms, const std::vector<std::string>& tokens);
};

void PrintTo(const stock_verifier& verifier, std::ostream* out);
const std::vector<stock_verifier>& stock_verifiers();

}  // namespace latchkey::test
