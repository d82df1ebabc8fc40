#include "feed/replay/replay_file.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace tickcast {
namespace {

using test::gzipped;
using test::kHeaderLine;
using test::TemporaryFile;

std::string recorded(std::int64_t ns, std::string const& ticker) {
    return std::to_string(test::kStartNs + ns) + "," + ticker + ",1.5,2,,,,\n";
}

std::uint64_t bad_rows(ReplayScan const& scan, RejectReason reason) {
    return scan.bad_rows[static_cast<std::size_t>(reason)];
}

TEST(ReplayFile, WhenOpened_TickersOfGoodRowsAreKnownAndBadOnesCounted) {
    TickerTable table{10};
    TemporaryFile const path{gzipped(kHeaderLine + recorded(1, "b") + recorded(2, "A") +
                                     "1700000000000000000,C,bad,,,,,\n" + "5,D,1,,,,,\n" +
                                     recorded(4, "D D") + recorded(5, "A"))};
    auto file = ReplayFile::open(path.path(), table);
    ASSERT_TRUE(file) << file.error();
    EXPECT_EQ(file->scan().rows, 3U);
    EXPECT_EQ(bad_rows(file->scan(), RejectReason::syntax), 1U);
    EXPECT_EQ(bad_rows(file->scan(), RejectReason::range), 1U);
    EXPECT_EQ(bad_rows(file->scan(), RejectReason::ticker), 1U);
    EXPECT_EQ(file->scan().end.fault, "");
    EXPECT_EQ(table.known_since(0, 9), (std::vector{test::ticker("B"), test::ticker("A")}));
    EXPECT_TRUE(std::holds_alternative<CsvRow>(file->reader().next())) << "at its first row again";
    EXPECT_EQ(file->reader().line(), 2U);
}

TEST(ReplayFile, WhenTheTableIsFull_CountsTheRowsWithoutRoom) {
    TickerTable table{1};
    TemporaryFile const path{kHeaderLine + recorded(1, "A") + recorded(2, "B") + recorded(3, "A") +
                             recorded(4, "C")};
    auto const file = ReplayFile::open(path.path(), table);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->scan().rows, 4U);
    EXPECT_EQ(file->scan().rows_without_room, 2U);
}

TEST(ReplayFile, WhenMissing_IsAnError) {
    TickerTable table{1};
    EXPECT_FALSE(ReplayFile::open("/no/such/file", table));
}

TEST(ReplayFile, WhenWrittenReplacedOrGone_IsChanged) {
    TickerTable table{10};
    TemporaryFile const path{kHeaderLine + recorded(1, "A")};
    auto file = ReplayFile::open(path.path(), table);
    ASSERT_TRUE(file);
    EXPECT_FALSE(file->changed());
    path.replace(kHeaderLine + recorded(1, "A"));
    EXPECT_TRUE(file->changed()) << "another file, though with the same bytes";
    EXPECT_TRUE(file->reopen());
    EXPECT_FALSE(file->changed());
    path.write("");
    EXPECT_TRUE(file->changed());
    ASSERT_TRUE(file->reopen());
    EXPECT_TRUE(file->scan_some(1));
    EXPECT_EQ(file->scan().end.fault, "it is empty");
    EXPECT_FALSE(file->scan().end.passing);
    std::filesystem::remove(path.path());
    EXPECT_TRUE(file->changed());
    EXPECT_EQ(file->reopen().error(), "No such file or directory");
}

TEST(ReplayFile, WhenReopened_IsReadThroughInSteps) {
    TickerTable table{10};
    TemporaryFile const path{kHeaderLine + recorded(1, "A")};
    auto file = ReplayFile::open(path.path(), table);
    ASSERT_TRUE(file);
    path.replace("ts_s" + kHeaderLine.substr(5) + "1700000000.5,NEW,,,,,1,1\nx\n");
    ASSERT_TRUE(file->reopen());
    // The form, the header, each row and the end are examined, then the rows are read.
    EXPECT_FALSE(file->scan_some(5));
    EXPECT_EQ(table.known_count(), 1U);
    EXPECT_FALSE(file->scan_some(1));
    EXPECT_EQ(table.known_count(), 2U);
    EXPECT_FALSE(file->scan_some(1));
    EXPECT_TRUE(file->scan_some(1));
    EXPECT_EQ(file->scan().rows, 1U);
    EXPECT_EQ(bad_rows(file->scan(), RejectReason::syntax), 1U);
    EXPECT_TRUE(std::holds_alternative<CsvRow>(file->reader().next()));
}

TEST(ReplayFile, WhenGivenUp_IsSoUntilItIsChanged) {
    TickerTable table{10};
    TemporaryFile const path{kHeaderLine};
    auto file = ReplayFile::open(path.path(), table);
    ASSERT_TRUE(file);
    EXPECT_FALSE(file->given_up());
    file->give_up();
    EXPECT_TRUE(file->given_up());
    path.write(kHeaderLine + recorded(1, "A"));
    EXPECT_FALSE(file->given_up());
}

}  // namespace
}  // namespace tickcast
