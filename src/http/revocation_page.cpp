#include "revocation_page.hpp"

#include "revocation_feed.hpp"

#include <chrono>

namespace latchkey::http {
namespace {

constexpr seconds kept{60};     // so that what has expired leaves the list, though nothing new comes
constexpr seconds unsteady{1};  // what two readings of two clocks may differ by

}  // namespace

std::shared_ptr<const revocation_page::content> revocation_page::get(const revocations& source, const clock& time,
                                                                     coarse_ms now_ms) {
    const time_point now = time.now();
    const seconds ahead = wall_ahead(time);
    const mutex_lock lock(mutex_);
    if (last_ && now_ms - last_->made_ms < least_ms)
        return last_;
    if (last_ && last_->version == source.version() && now - last_->made < kept &&
        std::chrono::abs(ahead - last_->wall_ahead) <= unsteady)
        return last_;
    const revocation_list all = source.snapshot();
    auto fresh = std::make_shared<content>();
    fresh->version = all.version;
    fresh->made = now;
    fresh->made_ms = now_ms;
    fresh->wall_ahead = ahead;
    fresh->text.reserve(64 + all.entries.size() * 64);
    fresh->text.append("{\"version\":").append(std::to_string(all.version));
    fresh->text.append(",\"complete\":").append(all.complete ? "true" : "false").append(",\"revoked\":[");
    bool first = true;
    for (const revocation& one : all.entries) {
        if (!first)
            fresh->text.push_back(',');
        first = false;
        append_revocation(fresh->text, one, ahead);
    }
    fresh->text.append("]}\n");
    last_ = fresh;
    return last_;
}

}  // namespace latchkey::http
