#include "text_pool.hpp"

namespace latchkey {

text_pool::id text_pool::acquire(std::string_view text) {
    mutex_lock lock(mutex_);
    const auto known = entries_.find(text);
    const id which = known ? *known : entries_.emplace(text);
    ++entries_[which].users;
    return which;
}

void text_pool::release(id which) noexcept {
    mutex_lock lock(mutex_);
    if (--entries_[which].users == 0)
        entries_.erase(which);
}

std::string text_pool::read(id which) const {
    mutex_lock lock(mutex_);
    return entries_[which].text;
}

std::size_t text_pool::size() const noexcept {
    mutex_lock lock(mutex_);
    return entries_.size();
}

}  // namespace latchkey
