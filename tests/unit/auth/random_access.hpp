// Random rules and questions over alphabets so small that most rules have something to do with most questions.
#pragma once

#include "access_words.hpp"

#include <random>
#include <utility>

namespace latchkey::testing {

// `Source`: where the numbers come from. One that has run dry and says 0 ends every choice.
template <class Source = std::mt19937>
class random_access {
public:
    template <class From>
    explicit random_access(From from) : random_(std::move(from)) {}

    std::size_t below(std::size_t n) { return random_() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }

    access_options options() {
        access_options out;
        out.default_policy = one_in(3) ? "deny" : "authenticated";
        const std::size_t count = one_in(100) ? 60 + below(150) : below(9);
        for (std::size_t i = 0; i < count; ++i)
            out.rules.push_back(rule());
        return out;
    }

    asked question() {
        asked out{host(), {}, methods_[below(methods_.size())], clients_[below(clients_.size())], nullptr};
        for (auto left = 1 + (one_in(4) ? below(4) : 0); left > 0; --left)
            out.paths.push_back(path());
        if (!one_in(3))
            out.who = member_of(some(groups_, 3));
        return out;
    }

private:
    access_rule rule() {
        access_rule out;
        for (auto left = below(3); left > 0; --left)
            out.domains.push_back((one_in(2) ? "*." : "") + host());
        for (auto left = below(4); left > 0; --left)
            out.paths.push_back(pattern());
        if (one_in(3))
            out.methods = some(methods_, 3);
        if (one_in(3))
            out.networks = some(networks_, 3);
        out.policy = policies_[below(policies_.size())];
        if (out.policy == "authenticated" && one_in(2))
            out.groups = some(groups_, 3);
        return out;
    }

    std::string host() {
        std::string out = labels_[below(labels_.size())];
        while (!one_in(3) && out.size() < 12)
            out = labels_[below(labels_.size())] + '.' + out;
        return out;
    }
    std::string path() {
        std::string out;
        while (!one_in(3) && out.size() < 8)
            out += '/' + segments_[below(segments_.size())];
        return out.empty() || one_in(4) ? out + '/' : out;
    }
    std::string pattern() {
        if (one_in(5))
            return regexes_[below(regexes_.size())];
        const std::string out = path();
        return one_in(2) ? out + (out.ends_with('/') ? "*" : "/*") : out;
    }
    texts some(const texts& from, std::size_t most) {
        texts out;
        for (auto left = below(most + 1); left > 0; --left)
            out.push_back(from[below(from.size())]);
        return out;
    }

    Source random_;
    const texts labels_{"a", "b", "ab"};
    const texts segments_{"a", "b", "ab", "aa", "%2F", "a;b"};
    const texts methods_{"GET", "HEAD", "POST", "DELETE"};
    const texts groups_{"x", "y", "z", "xy"};
    const texts policies_{"allow", "authenticated", "deny"};
    const texts regexes_{"~ ^/a", "~ b$", "~a/b", "~ ^/(a|b)/", "~ ^/[ab]+$", "~  a.*b", "~ ;", "~ ^/$", "~ /ab?/"};
    const texts networks_{"10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/25",   "10.1.1.1/32",   "0.0.0.0/0",
                          "::/0",       "::/1",        "2001:db8::/32", "2001:db8::/33", "2001:db8::1/128"};
    const texts clients_{"",          "10.1.1.1",    "10.1.1.200",       "10.1.2.3", "10.200.0.1",
                         "192.0.2.1", "2001:db8::1", "2001:db8:8000::1", "fe80::1",  "::1"};
};

random_access(unsigned seed)->random_access<>;
random_access(int seed)->random_access<>;
template <class Source>
random_access(Source source) -> random_access<Source>;

}  // namespace latchkey::testing
