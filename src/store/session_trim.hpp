// What one caller at a time takes out to bring a user back to the cap.
#pragma once

#include "session_table.hpp"

#include <new>
#include <optional>
#include <vector>

namespace latchkey {

class session_trim {
public:
    // Throws std::bad_alloc. Both outlive *this.
    session_trim(session_table& table, const public_id& user)
        : table_(table), user_(user), going_(table.begin_trim(user)) {}
    ~session_trim() {
        if (going_ && !going_->empty())
            table_.end_trim(user_);
    }
    session_trim(const session_trim&) = delete;
    session_trim& operator=(const session_trim&) = delete;

    // Whether somebody else is at it, and not done yet.
    bool busy() const noexcept { return !going_; }
    // Who must go, unless busy(). Nobody: the user keeps to the cap.
    const std::vector<public_id>& going() const noexcept { return *going_; }
    // Adds them to `ended`. Without memory for it nobody hears, and nothing fails: telling is less than what was done.
    void tell(std::vector<public_id>& ended) const noexcept try {
        ended.insert(ended.end(), going_->begin(), going_->end());
    } catch (const std::bad_alloc&) {
    }

private:
    session_table& table_;
    const public_id& user_;
    const std::optional<std::vector<public_id>> going_;
};

}  // namespace latchkey
