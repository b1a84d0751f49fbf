#include "token_issuer.hpp"

#include "test_programs.hpp"
#include "token_key.hpp"

#include <ostream>
#include <stdexcept>

namespace latchkey::test {
namespace {

server_setup setup_for(const std::string& algorithm, const temp_dir& directory,
                       std::map<std::string, std::string> config) {
    const auto file = directory / "token-key.pem";
    make_token_key(file, algorithm);
    config.insert({{"tokens.enabled", "true"},
                   {"tokens.algorithm", '"' + algorithm + '"'},
                   {"tokens.key_file", '"' + file + '"'}});
    server_setup setup;
    setup.config = std::move(config);
    return setup;
}

nlohmann::json answer_of(const http_response& response) {
    if (response.status != 200)
        throw std::runtime_error("status " + std::to_string(response.status) + ": " + response.body);
    return nlohmann::json::parse(response.body);
}

std::vector<bool> verdicts(const std::vector<std::string>& command, const nlohmann::json& terms,
                           const std::vector<std::string>& tokens) {
    std::string input = terms.dump() + '\n';
    for (const auto& token : tokens)
        input += nlohmann::json(token).dump() + '\n';
    std::vector<bool> all;
    for (const auto& line : output_lines(command, input))
        all.push_back(line != "null");
    if (all.size() != tokens.size())
        throw std::runtime_error(command.back() + " judged " + std::to_string(all.size()) + " of " +
                                 std::to_string(tokens.size()));
    return all;
}

}  // namespace

token_issuer::token_issuer(std::string algorithm, std::map<std::string, std::string> config)
    : algorithm_(std::move(algorithm)), server_(setup_for(algorithm_, directory_, std::move(config))) {
}

nlohmann::json token_issuer::pair_of(const test_user& user) const {
    return answer_of(server_.ask(
        post_form("/token", {{"grant_type", "password"}, {"username", user.email}, {"password", user.password}})));
}

std::string token_issuer::token_of(const std::string& cookie) const {
    return answer_of(server_.ask({"POST", "/sessions/token", with_cookie(cookie), {}}))["access_token"];
}

int token_issuer::whoami(const std::string& token) const {
    auto client = server_.connect();
    client.send("GET /sessions/whoami HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    return client.read_response().status;
}

void token_issuer::logout(const std::string& cookie) const {
    if (server_.ask({"POST", "/logout", with_cookie(cookie), {}}).status != 204)
        throw std::runtime_error("no logout");
}

nlohmann::json token_issuer::terms() const {
    nlohmann::json terms{{"algorithm", algorithm_}, {"issuer", server_.origin()}, {"audience", server_.origin()}};
    if (algorithm_ == "HS256")
        terms["secret"] = read_whole_file(key_file());
    else
        terms["jwks"] = answer_of(server_.ask(get("/.well-known/jwks.json")));
    return terms;
}

std::vector<tampered_token> tampered(const token_issuer& issuer, const std::string& token) {
    const nlohmann::json genuine{
        {"token", token}, {"algorithm", issuer.algorithm()}, {"key", read_whole_file(issuer.key_file())}};
    std::vector<tampered_token> all;
    for (const auto& line : output_lines(python_program("tests/tokens/tampered.py"), genuine.dump())) {
        const auto one = nlohmann::json::parse(line);
        all.push_back({one["name"], one["token"], one["same"], one["ours"], one["blank"]});
    }
    return all;
}

void PrintTo(const stock_verifier& verifier, std::ostream* out) {
    *out << verifier.name;
}

const std::vector<stock_verifier>& stock_verifiers() {
    static const std::vector<stock_verifier> all{
        {"PyJWT", [] { return python_has("jwt"); },
         [](const nlohmann::json& terms, const std::vector<std::string>& tokens) {
             return verdicts(python_program("tests/tokens/stock_verifier.py"), terms, tokens);
         }},
        {"jose", [] { return node_available(); },
         [](const nlohmann::json& terms, const std::vector<std::string>& tokens) {
             const node_directory programs({"tests/tokens/stock_verifier.mjs"});
             return verdicts(programs.command("stock_verifier.mjs"), terms, tokens);
         }}};
    return all;
}

}  // namespace latchkey::test
