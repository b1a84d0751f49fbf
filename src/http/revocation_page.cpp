#include "revocation_page.hpp"

#include "revocation_feed.hpp"

namespace latchkey::http {
namespace {

constexpr seconds kept{60};  // so that what has expired leaves the list, though nothing new comes

}  // namespace

std::shared_ptr<const revocation_page::content> revocation_page::get(const revocations& source, time_point now) {
    const mutex_lock lock(mutex_);
    if (last_ && last_->version == source.version() && now - last_->made < kept)
        return last_;
    const revocation_list all = source.snapshot();
    auto fresh = std::make_shared<content>();
    fresh->version = all.version;
    fresh->made = now;
    fresh->text.reserve(64 + all.entries.size() * 64);
    fresh->text.append("{\"version\":").append(std::to_string(all.version));
    fresh->text.append(",\"complete\":").append(all.complete ? "true" : "false").append(",\"revoked\":[");
    bool first = true;
    for (const revocation& one : all.entries) {
        if (!first)
            fresh->text.push_back(',');
        first = false;
        append_revocation(fresh->text, one);
    }
    fresh->text.append("]}\n");
    last_ = fresh;
    return last_;
}

}  // namespace latchkey::http
