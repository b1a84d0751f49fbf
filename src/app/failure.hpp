// How a command ends without having done its work.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace latchkey {

// What the process ends with.
enum exit_code : int {
    exit_done = 0,
    exit_refused = 1,      // or not found
    exit_usage = 2,        // or configuration
    exit_unavailable = 3,  // a store
};

struct failure {
    exit_code exit = exit_refused;
    std::string_view code;  // stable, snake_case, a literal
    std::string title;      // one sentence
};

template <class T>
using attempt = boost::system::result<T, failure>;

}  // namespace latchkey
