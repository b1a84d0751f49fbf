// The checked-in lists of where `rd` may lead and where not: tests/unit/http/redirects, made by make_lists.mjs there.
#pragma once

#include <string>
#include <vector>

namespace latchkey::test {

struct redirect_case {
    std::string rd;
    std::string canonical;  // what is to come out; "" for a trick
    std::string browser;    // where a browser would go: an origin, a scheme or "nowhere"
};

// For the public URL https://auth.example.com with the allowed hosts app.example.com, *.apps.example.com and
// port.example.com:8443. Throw std::runtime_error when the list cannot be read.
std::vector<redirect_case> redirect_tricks();
std::vector<redirect_case> redirect_targets();

}  // namespace latchkey::test
