#include "revocation_feed.hpp"

#include <charconv>

namespace latchkey::http {

void append_revocation(std::string& out, const revocation& one, seconds wall_ahead) {
    out.append("{\"sid\":\"");
    const auto at = out.size();
    out.resize(at + 32);
    one.session.write(out.data() + at);
    out.append("\",\"exp\":").append(std::to_string((one.until.time_since_epoch() + wall_ahead).count())).append("}");
}

// Who has everything costs one load of an atomic number. "gap" stands in front of what follows it: some that are alive
// are in none of these events. The id of the last event of a piece is the position behind all of it, also behind those
// that had expired by then.
bool revocation_feed::append_next(std::string& out) {
    const bool first = !greeted_;
    if (first)
        out.append("retry: 1000\n\n");
    greeted_ = true;
    if (source_.version() == position_)
        return first;
    const revocation_list news = source_.since(position_, batch);
    if (!news.complete)
        out.append("event: gap\ndata: {}\n\n");
    const seconds ahead = wall_ahead(time_);
    for (const revocation& one : news.entries) {
        out.append("event: revoked\nid: ").append(std::to_string(one.number)).append("\ndata: ");
        append_revocation(out, one, ahead);
        out.append("\n\n");
    }
    position_ = news.version;
    return first || !news.complete || !news.entries.empty();
}

void revocation_feed::append_heartbeat(std::string& out) {
    out.append(":\n\n");
}

std::uint64_t revocation_feed::position_in(std::string_view last_event_id) noexcept {
    std::uint64_t position = 0;
    const auto end = last_event_id.data() + last_event_id.size();
    const auto read = std::from_chars(last_event_id.data(), end, position);
    return read.ec == std::errc() && read.ptr == end ? position : 0;
}

}  // namespace latchkey::http
