// `latchkey key …`: the keys that sign access tokens, as files. A running server is told to read them again.
//
// Each function returns what the process ends with and has said on `io` whatever there is to say, and never a secret.
#pragma once

#include "console.hpp"

#include <string>

namespace latchkey {

struct key_request {
    std::string config_file;  // empty: search
    bool json = false;
    std::string algorithm;  // of `generate`; empty: tokens.algorithm
    bool force = false;     // whatever it does to tokens
};

// A current key and a next one, where there is no current key. With force in place of all there are: every access
// token is void then.
int generate_keys(const console& io, const key_request& request);

// The next key signs from now on, the current one retires, and a new next one is made. Goes on with a rotation that was
// cut short.
int rotate_keys(const console& io, const key_request& request);

int list_keys(const console& io, const key_request& request);

// Removes the retiring key.
int retire_key(const console& io, const key_request& request);

}  // namespace latchkey
