#include "held_checks.hpp"

#include "connection.hpp"

#include <utility>

namespace latchkey::http {

void held_checks::answer() noexcept {
    const std::size_t size = std::exchange(size_, 0);
    if (size > 1)
        places_[0].x->svc->core.sessions.fetch(std::span(keys_).first(size));
    for (std::size_t i = 0; i < size; ++i)
        places_[i].asks->answer_held(places_[i]);
}

}  // namespace latchkey::http
