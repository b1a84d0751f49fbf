// GET /revocations: the list and its tags, in wall-clock time (T3), and the pieces of the feed.
#include "handler_fixture.hpp"
#include "revocation_feed.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace latchkey::http {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct written_revocations final : revocations {
    std::vector<revocation> all;
    std::uint64_t first = 100;
    bool complete = true;
    mutable int asked = 0;

    void add(std::uint8_t session, time_point until) {
        all.push_back({first + all.size() + 1, testing::numbered_id(session), until});
    }
    std::uint64_t version() const noexcept override { return first + all.size(); }
    revocation_list snapshot() const override { return since(0, SIZE_MAX); }
    revocation_list since(std::uint64_t position, std::size_t limit) const override {
        ++asked;
        if (position < first || position > version())
            position = first;
        revocation_list out;
        out.complete = complete;
        for (const auto& one : all)
            if (one.number > position && out.entries.size() < limit)
                out.entries.push_back(one);
        out.version = out.entries.size() == limit ? out.entries.back().number : version();
        return out;
    }
    std::uint64_t subscribe(std::function<void()>) override { return 0; }
    void unsubscribe(std::uint64_t) noexcept override {}
};

class revocation_list_handler : public testing::handler_fixture {
protected:
    revocation_list_handler() {
        auto parts = domain_.get();
        parts.revoked = &source_;
        use_domain(parts);
    }
    written_revocations source_;
    const time_point end_{seconds{1'800'000'000}};
};

TEST_F(revocation_list_handler, tells_what_has_ended) {
    EXPECT_EQ(ask("GET /revocations").body, "{\"version\":100,\"complete\":true,\"revoked\":[]}\n");
    source_.add(1, end_);
    source_.add(2, end_ + seconds{1});
    source_.complete = false;
    pass_ms(250);
    const auto a = ask("GET /revocations");
    EXPECT_EQ(a.status, 200);
    EXPECT_EQ(a.header("Cache-Control"), "no-cache");
    EXPECT_EQ(a.header("Vary"), "Accept");
    const auto told = a.json();
    EXPECT_EQ(told["version"], 102);
    EXPECT_EQ(told["complete"], false);
    ASSERT_EQ(told["revoked"].size(), 2U);
    EXPECT_EQ(told["revoked"][1]["sid"], testing::numbered_id(2).str());
    EXPECT_EQ(told["revoked"][1]["exp"], 1'800'000'001);
    EXPECT_EQ(ask("HEAD /revocations").body, "");
    EXPECT_EQ(ask("POST /revocations").status, 405);
}

// RFC 9110 section 13.1.2
TEST_F(revocation_list_handler, is_read_again_only_when_it_changed) {
    source_.add(1, end_);
    const auto tag = ask("GET /revocations").header("ETag");
    EXPECT_EQ(tag, "\"101\"");
    for (const std::string& list : {tag, "W/" + tag, "\"7\", " + tag + " ,\"8\"", std::string("*")}) {
        const auto a = ask("GET /revocations", "If-None-Match: " + list + "\r\n");
        EXPECT_EQ(a.status, 304) << list;
        EXPECT_EQ(a.header("ETag"), tag);
        EXPECT_EQ(a.body, "");
        EXPECT_EQ(a.header("Content-Length"), "");
    }
    for (const std::string list : {"", "101", "\"100\"", "\"1010\"", ",", "W/101", "\"101"})
        EXPECT_EQ(ask("GET /revocations", "If-None-Match: " + list + "\r\n").status, 200) << list;
    source_.add(2, end_);
    pass_ms(250);
    EXPECT_EQ(ask("GET /revocations", "If-None-Match: " + tag + "\r\n").status, 200);
}

// A thousand services that poll cost one rendering.
TEST_F(revocation_list_handler, is_rendered_once) {
    source_.add(1, end_);
    for (int i = 0; i < 1'000; ++i)
        EXPECT_EQ(ask("GET /revocations").status, 200);
    EXPECT_EQ(source_.asked, 1);
    // And four a second, however many end.
    source_.add(2, end_);
    pass_ms(249);
    EXPECT_THAT(ask("GET /revocations").body, Not(HasSubstr(testing::numbered_id(2).str())));
    EXPECT_EQ(source_.asked, 1);
    pass_ms(1);
    EXPECT_THAT(ask("GET /revocations").body, HasSubstr(testing::numbered_id(2).str()));
    EXPECT_EQ(source_.asked, 2);
    // What expired leaves the list, though nothing new comes.
    domain_.time.advance(seconds{60});
    pass_ms(60'000);
    (void)ask("GET /revocations");
    EXPECT_EQ(source_.asked, 3);
}

// Its readers go by the wall clock.
TEST_F(revocation_list_handler, tells_wall_clock_time) {
    source_.add(1, end_);
    for (const std::int64_t step : {0, 600, -600}) {
        domain_.time.step_wall(seconds{step});
        pass_ms(250);
        EXPECT_EQ(ask("GET /revocations").json()["revoked"][0]["exp"], 1'800'000'000 + step);
        domain_.time.step_wall(seconds{-step});
    }
}

TEST_F(revocation_list_handler, a_feed_has_no_length) {
    for (const std::string accept : {"text/event-stream", "application/json, TEXT/Event-Stream;q=0.5"}) {
        const auto a = ask("GET /revocations", "Accept: " + accept + "\r\n");
        EXPECT_EQ(a.status, 200);
        EXPECT_EQ(a.header("Content-Type"), "text/event-stream");
        EXPECT_EQ(a.header("Connection"), "close");
        EXPECT_EQ(a.header("Content-Length"), "");
        EXPECT_EQ(a.header("X-Accel-Buffering"), "no");
    }
    for (const std::string accept : {"*/*", "text/*", "text/event-stream;q=0", "text/event-streams"})
        EXPECT_EQ(ask("GET /revocations", "Accept: " + accept + "\r\n").header("ETag"), "\"100\"") << accept;
    EXPECT_EQ(ask("HEAD /revocations", "Accept: text/event-stream\r\n").status, 200);
}

TEST_F(revocation_list_handler, is_not_there_while_tokens_are_off) {
    use_domain(domain_.get());
    EXPECT_EQ(ask("GET /revocations").code(), "not_found");
    EXPECT_EQ(ask("GET /revocations", "Accept: text/event-stream\r\n").code(), "not_found");
}

std::string next_of(revocation_feed& feed) {
    std::string out;
    const bool more = feed.append_next(out);
    EXPECT_EQ(more, !out.empty());
    return out;
}

TEST(revocation_feed_text, says_each_end_once) {
    written_revocations source;
    const time_point end{seconds{1'800'000'000}};
    source.add(1, end);
    manual_clock time;
    revocation_feed feed(source, time, 0);
    EXPECT_EQ(next_of(feed), "retry: 1000\n\nevent: revoked\nid: 101\ndata: {\"sid\":\"" +
                                 testing::numbered_id(1).str() + "\",\"exp\":1800000000}\n\n");
    EXPECT_EQ(next_of(feed), "");
    source.add(2, end);
    time.step_wall(seconds{600});  // its readers go by the wall clock
    EXPECT_THAT(next_of(feed), AllOf(HasSubstr("id: 102\n"), HasSubstr("\"exp\":1800000600}")));
    EXPECT_EQ(next_of(feed), "");
    revocation_feed later(source, time, 101);
    EXPECT_THAT(next_of(later), Not(HasSubstr("id: 101\n")));
}

TEST(revocation_feed_text, comes_in_pieces) {
    written_revocations source;
    for (int i = 0; i < 1'000; ++i)
        source.add(static_cast<std::uint8_t>(i), time_point{seconds{1'800'000'000}});
    const manual_clock time;
    revocation_feed feed(source, time, 0);
    std::size_t pieces = 0, events = 0;
    for (std::string piece = next_of(feed); !piece.empty(); piece = next_of(feed)) {
        EXPECT_LT(piece.size(), 32'000U);
        for (auto at = piece.find("id: "); at != piece.npos; at = piece.find("id: ", at + 1))
            ++events;
        ++pieces;
    }
    EXPECT_EQ(events, 1'000U);
    EXPECT_EQ(pieces, 4U);
}

// A follower that was not told of some must know it.
TEST(revocation_feed_text, says_what_is_missing) {
    written_revocations source;
    source.complete = false;
    const manual_clock time;
    revocation_feed feed(source, time, 100);
    EXPECT_EQ(next_of(feed), "retry: 1000\n\n");  // it had everything
    source.add(1, time_point{seconds{1'800'000'000}});
    EXPECT_THAT(next_of(feed), ::testing::StartsWith("event: gap\ndata: {}\n\nevent: revoked\n"));
}

TEST(revocation_feed_text, reads_ids_of_its_own_alone) {
    EXPECT_EQ(revocation_feed::position_in("1882664616521528"), 1'882'664'616'521'528U);
    for (const std::string odd : {"", "-1", "+1", " 1", "1 ", "0x10", "1e3", "18446744073709551616", "\xff", "1,2"})
        EXPECT_EQ(revocation_feed::position_in(odd), 0U) << odd;
    EXPECT_EQ(revocation_feed::position_in(std::string(8'000, '9')), 0U);
}

}  // namespace
}  // namespace latchkey::http
