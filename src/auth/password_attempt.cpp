#include "password_attempt.hpp"

namespace latchkey {

password_attempt::~password_attempt() {
    if (counted_by_)
        counted_by_->forgive(ticket_);
}

judgement::judgement(password_attempt attempt, std::string_view reason, bool needs_rehash) noexcept
    : attempt_(std::move(attempt)), reason_(reason), needs_rehash_(needs_rehash) {
    if (!reason_.empty())
        stands();
}

void judgement::succeeded() noexcept {
    if (throttle* const by = std::exchange(attempt_.counted_by_, nullptr))
        by->succeeded(attempt_.ticket_);
}

void judgement::stands() noexcept {
    attempt_.counted_by_ = nullptr;
}

}  // namespace latchkey
