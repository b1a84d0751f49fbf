// Access tokens: made, and taken apart and verified as whoever gets one must.
#include "compact_jws.hpp"
#include "token_keys.hpp"

#include <cstdlib>

#include <benchmark/benchmark.h>

namespace {

using namespace latchkey;

constexpr std::string_view claims =
    R"({"iss":"https://auth.example.com","aud":"https://auth.example.com","sub":"0f3c5d7e9b1a24680f3c5d7e9b1a2468",)"
    R"("iat":1767225600,"exp":1767225900,"jti":"5a1b2c3d4e5f60718293a4b5c6d7e8f9",)"
    R"("sid":"a1b2c3d4e5f60718a1b2c3d4e5f60718",)"
    R"("email":"someone@example.com","name":"Some Body","groups":["ops","staff"]})";

void mint(benchmark::State& state, token_algorithm algorithm) {
    const token_keys keys(signing_key::generate(algorithm));
    for (auto _ : state) {
        auto token = keys.sign(claims);
        benchmark::DoNotOptimize(token);
    }
}

void verify(benchmark::State& state, token_algorithm algorithm) {
    const token_keys keys(signing_key::generate(algorithm));
    const std::string token = *keys.sign(claims);
    for (auto _ : state) {
        const auto jws = compact_jws::make(token);
        const signing_key* key = jws ? keys.by_header(jws->header()) : nullptr;
        if (!key || !key->verify(jws->signing_input(), jws->signature()))
            std::abort();
    }
}

BENCHMARK_CAPTURE(mint, EdDSA, token_algorithm::ed25519)->Name("token mint/EdDSA");
BENCHMARK_CAPTURE(mint, ES256, token_algorithm::es256)->Name("token mint/ES256");
BENCHMARK_CAPTURE(mint, HS256, token_algorithm::hs256)->Name("token mint/HS256");
BENCHMARK_CAPTURE(verify, EdDSA, token_algorithm::ed25519)->Name("token verify/EdDSA");
BENCHMARK_CAPTURE(verify, ES256, token_algorithm::es256)->Name("token verify/ES256");
BENCHMARK_CAPTURE(verify, HS256, token_algorithm::hs256)->Name("token verify/HS256");

}  // namespace
