// D2: wherever the write-ahead log of the journal was cut off or damaged, the database opens to what was true at some
// moment: all changes up to one of them, and none behind it.
#include "journal_fixture.hpp"

namespace latchkey::testing {
namespace {

constexpr std::size_t head = 32;          // bytes before the first frame
constexpr std::size_t frame = 24 + 4096;  // bytes a frame
constexpr std::uint32_t logins = 12;

class torn_journal : public journal_fixture {
protected:
    // Change n begins session n and ends session n - 1 in one: at every moment there is exactly one, the newest.
    void SetUp() override {
        journal_fixture::SetUp();
        journal->stop();
        journal.reset();  // empties the log
        load();
        ASSERT_TRUE(commit(begin(entry(1))));
        for (std::uint32_t n = 2; n <= logins; ++n) {
            journal_change change = begin(entry(n));
            change.erase.push_back(id_of(n - 1));
            ASSERT_TRUE(commit(change));
        }
        main_ = content_of(file());
        log_ = content_of(file() + "-wal");
        journal.reset();
        ASSERT_EQ((log_.size() - head) % frame, 0U);
    }

    // The one session in the database with `wal` as its log; 0: none yet.
    std::uint32_t newest_with(const std::string& wal) {
        const std::string torn = directory / ("torn" + std::to_string(++count_) + ".db");
        std::ofstream(torn, std::ios::binary) << main_;
        std::ofstream(torn + "-wal", std::ios::binary) << wal;
        const auto found = load_from(torn);
        EXPECT_LE(found.size(), 1U);
        for (std::uint32_t n = 1; n <= logins && !found.empty(); ++n)
            if (found[0].entry.id == id_of(n) && found[0].entry.key == key_of_number(n))
                return n;
        EXPECT_TRUE(found.empty());
        journal.reset();
        return 0;
    }

    std::string main_;
    std::string log_;
    int count_ = 0;
};

TEST_F(torn_journal, opens_to_a_prefix_wherever_the_log_ends) {
    std::uint32_t last = 0;
    for (std::size_t end = head; end <= log_.size(); end += frame) {
        const std::uint32_t here = newest_with(log_.substr(0, end));
        EXPECT_GE(here, last);
        EXPECT_LE(here, last + 1);
        last = here;
        if (end < log_.size()) {
            EXPECT_EQ(newest_with(log_.substr(0, end + frame / 2)), here);  // half a frame is none
        }
    }
    EXPECT_EQ(last, logins);
    EXPECT_EQ(newest_with(log_.substr(0, head / 2)), 0U);
    EXPECT_EQ(newest_with(""), 0U);
}

TEST_F(torn_journal, opens_to_a_prefix_wherever_the_log_is_damaged) {
    std::uint32_t last = 0;
    for (std::size_t at = head; at < log_.size(); at += frame) {
        std::string damaged = log_;
        damaged[at + frame / 3] = static_cast<char>(damaged[at + frame / 3] ^ 0x10);
        const std::uint32_t here = newest_with(damaged);
        EXPECT_GE(here, last);
        EXPECT_LT(here, logins);
        last = here;
    }
    EXPECT_EQ(last, logins - 1);
}

}  // namespace
}  // namespace latchkey::testing
