#include "tickcast/feed/csv_tick_reader.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tickcast {
namespace {

using test::gzipped;
using test::kHeaderLine;
using test::TemporaryFile;

std::string row(std::int64_t ts_ns, std::string const& ticker = "A") {
    return std::to_string(ts_ns) + "," + ticker + ",1.5,2,,,,\n";
}

struct Read {
    std::vector<std::int64_t> rows;
    std::vector<std::uint64_t> bad_lines;
    std::string fault;
};

Read read_rest(CsvTickReader& reader) {
    Read read;
    for (;;) {
        auto const item = reader.next();
        if (auto const* good = std::get_if<CsvRow>(&item)) read.rows.push_back(good->ts_ns);
        if (std::holds_alternative<CsvFault>(item)) read.bad_lines.push_back(reader.line());
        if (auto const* end = std::get_if<CsvTickReader::End>(&item)) {
            read.fault = end->fault;
            return read;
        }
    }
}

Read read_all(std::string const& bytes) {
    TemporaryFile const file{bytes};
    auto reader = CsvTickReader::open(file.path());
    EXPECT_TRUE(reader) << (reader ? "" : reader.error());
    return reader ? read_rest(*reader) : Read{};
}

std::string many_rows(std::int64_t count) {
    std::string text = kHeaderLine;
    for (std::int64_t i = 0; i < count; ++i)
        text += row(i * 7'919, "T" + std::to_string(i % 97));
    return text;
}

using Rows = std::vector<std::int64_t>;
using Lines = std::vector<std::uint64_t>;

TEST(CsvTickReader, WhenPlain_GivesRowsInOrder) {
    auto const read = read_all(kHeaderLine + row(1) + row(2) + row(3));
    EXPECT_EQ(read.rows, (Rows{1, 2, 3}));
    EXPECT_EQ(read.fault, "");
}

TEST(CsvTickReader, WhenGzip_GivesTheSameRows) {
    auto const text = many_rows(50'000);
    auto const plain = read_all(text);
    auto const packed = read_all(gzipped(text));
    EXPECT_EQ(plain.rows.size(), 50'000U);
    EXPECT_EQ(packed.rows, plain.rows);
    EXPECT_EQ(packed.fault, "");
}

TEST(CsvTickReader, WhenGzipHasMembersAndPadding_ReadsAllMembers) {
    auto const members = gzipped(kHeaderLine + row(1)) + gzipped(row(2)) + gzipped(row(3));
    EXPECT_EQ(read_all(members).rows, (Rows{1, 2, 3}));
    auto const padded = read_all(members + std::string(512, '\0'));
    EXPECT_EQ(padded.rows, (Rows{1, 2, 3}));
    EXPECT_EQ(padded.fault, "");
}

TEST(CsvTickReader, WhenLinesEndInCrLf_ReadsThem) {
    EXPECT_EQ(read_all("ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\r\n"
                       "1,A,1,1,,,,\r\n2,A,,,,,1,1\r\n")
                  .rows,
              (Rows{1, 2}));
}

TEST(CsvTickReader, WhenLastLineHasNoNewline_IsARow) {
    EXPECT_EQ(read_all(kHeaderLine + "1,A,1,1,,,,\n2,A,,,,,1,1").rows, (Rows{1, 2}));
    EXPECT_EQ(read_all(gzipped(kHeaderLine + "1,A,1,1,,,,\n2,A,,,,,1,1")).rows, (Rows{1, 2}));
}

TEST(CsvTickReader, WhenRowsAreJunk_TellsTheirLinesAndLosesNothing) {
    auto const read = read_all(kHeaderLine + row(1) + "junk\n" + row(2) + "\n" +
                               std::string("\0\xff\x01,,,,,,,\n", 11) + row(3) + "4,A,,,,,,\n");
    EXPECT_EQ(read.rows, (Rows{1, 2, 3}));
    EXPECT_EQ(read.bad_lines, (Lines{3, 5, 6, 8}));
}

TEST(CsvTickReader, WhenALineIsAsLongAsAllowed_IsARow) {
    auto const padded = [](std::size_t length, std::string const& end) {
        std::string const begin = "2,A,1.";
        return begin + std::string(length - begin.size() - 5, '0') + ",,,,," + end;
    };
    for (std::string const end : {"\n", "\r\n"}) {
        auto const at = read_all(kHeaderLine + row(1) + padded(1024, end) + row(3));
        EXPECT_EQ(at.rows, (Rows{1, 2, 3}));
        auto const above = read_all(kHeaderLine + row(1) + padded(1025, end) + row(3));
        EXPECT_EQ(above.rows, (Rows{1, 3}));
        EXPECT_EQ(above.bad_lines, (Lines{3}));
    }
    EXPECT_EQ(read_all(kHeaderLine + padded(1024, "")).rows, (Rows{2}));
    EXPECT_EQ(read_all(kHeaderLine + padded(1025, "")).bad_lines, (Lines{2}));
}

TEST(CsvTickReader, WhenALineIsHuge_IsOneBadRow) {
    for (std::size_t const size : {2'000U, 65'536U, 70'000U, 1'000'000U}) {
        std::string const huge(size, 'x');
        auto const amid = read_all(kHeaderLine + row(1) + huge + "\n" + row(2));
        EXPECT_EQ(amid.rows, (Rows{1, 2})) << size;
        EXPECT_EQ(amid.bad_lines, (Lines{3})) << size;
        auto const last = read_all(gzipped(kHeaderLine + row(1) + huge));
        EXPECT_EQ(last.rows, (Rows{1})) << size;
        EXPECT_EQ(last.bad_lines, (Lines{3})) << size;
    }
}

TEST(CsvTickReader, WhenGzipIsTruncated_GivesWholeRowsThenTheFault) {
    auto const packed = gzipped(many_rows(5'000));
    auto const read = read_all(packed.substr(0, packed.size() / 2));
    EXPECT_EQ(read.fault, "the gzip data end too early");
    EXPECT_GT(read.rows.size(), 1'000U);
    EXPECT_LT(read.rows.size(), 5'000U);
    EXPECT_TRUE(read.bad_lines.empty()) << "a line cut short is no row";
}

TEST(CsvTickReader, WhenGzipIsCorruptAmid_GivesTheRowsBeforeIt) {
    auto const good = gzipped(kHeaderLine + row(1) + row(2));
    auto bad = gzipped(row(3));
    bad[bad.size() - 6] = static_cast<char>(bad[bad.size() - 6] ^ 0x55);  // its checksum
    auto const read = read_all(good + bad);
    EXPECT_NE(read.fault, "");
    EXPECT_EQ(read.rows, (Rows{1, 2, 3})) << "inflated before the checksum was found wrong";

    auto const no_deflate = good + std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff", 12);
    auto const garbage = read_all(no_deflate);
    EXPECT_NE(garbage.fault, "");
    EXPECT_EQ(garbage.rows, (Rows{1, 2}));
}

TEST(CsvTickReader, WhenAnyByteOfAGzipIsChanged_NeverCrashes) {
    auto const good = gzipped(many_rows(50));
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x10);
        TemporaryFile const file{bad};
        auto reader = CsvTickReader::open(file.path());
        if (reader) read_rest(*reader);
    }
}

TEST(CsvTickReader, WhenRewound_GivesTheSameRowsAgain) {
    auto const text = many_rows(3'000);
    for (auto const& bytes : {text, gzipped(text)}) {
        TemporaryFile const file{bytes};
        auto reader = CsvTickReader::open(file.path());
        ASSERT_TRUE(reader);
        auto const first = read_rest(*reader);
        reader->rewind();
        auto const second = read_rest(*reader);
        EXPECT_EQ(first.rows.size(), 3'000U);
        EXPECT_EQ(second.rows, first.rows);
    }
}

TEST(CsvTickReader, WhenFileIsNotOurs_SaysWhy) {
    auto const fault = [](std::string const& path) {
        auto const reader = CsvTickReader::open(path);
        return reader ? std::string{} : reader.error();
    };
    EXPECT_EQ(fault("/no/such/file"), "/no/such/file: No such file or directory");
    EXPECT_EQ(fault("/tmp"), "/tmp: not a regular file");
    EXPECT_EQ(fault("/dev/zero"), "/dev/zero: not a regular file");
    for (std::string const bytes : {"", "\n", "ts_ns,ticker\n", "ts,ticker,bid\n1,A,1,,,,,\n"}) {
        TemporaryFile const file{bytes};
        EXPECT_NE(fault(file.path()).find("the first line is not"), std::string::npos) << bytes;
    }
    TemporaryFile const endless{std::string(200'000, 'x')};
    EXPECT_NE(fault(endless.path()).find("the first line is not"), std::string::npos);
    TemporaryFile const cut{gzipped(kHeaderLine).substr(0, 12)};
    EXPECT_NE(fault(cut.path()).find("too early"), std::string::npos);
}

TEST(ScanReplay, WhenRead_TickersOfGoodRowsAreKnown) {
    TickerTable table{10};
    TemporaryFile const file{gzipped(kHeaderLine + row(1, "b") + row(2, "A") + "3,C,bad,,,,,\n" +
                                     "4,D,,,,,,\n" + row(5, "A"))};
    auto const scan = scan_replay(file.path(), table);
    ASSERT_TRUE(scan);
    EXPECT_EQ(scan->rows, 3U);
    EXPECT_EQ(scan->bad_rows, 2U);
    EXPECT_EQ(scan->fault, "");
    EXPECT_EQ(table.known(), (std::vector{test::ticker("A"), test::ticker("B")}));
}

TEST(ScanReplay, WhenTheTableIsFull_CountsTheRowsWithoutRoom) {
    TickerTable table{1};
    TemporaryFile const file{kHeaderLine + row(1, "A") + row(2, "B") + row(3, "A") + row(4, "C")};
    auto const scan = scan_replay(file.path(), table);
    ASSERT_TRUE(scan);
    EXPECT_EQ(scan->rows, 4U);
    EXPECT_EQ(scan->rows_without_room, 2U);
}

TEST(ScanReplay, WhenFileIsMissing_IsAnError) {
    TickerTable table{1};
    EXPECT_FALSE(scan_replay("/no/such/file", table));
}

}  // namespace
}  // namespace tickcast
