#include "feed/replay/csv_tick_reader.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace tickcast {
namespace {

using test::gzipped;
using test::kHeaderLine;
using test::TemporaryFile;

/// A row's time: that many nanoseconds after kStartNs.
std::string at(std::int64_t ns) {
    return std::to_string(test::kStartNs + ns);
}

std::string row(std::int64_t ns, std::string const& ticker = "A") {
    return at(ns) + "," + ticker + ",1.5,2,,,,\n";
}

struct Read {
    std::vector<std::int64_t> rows;
    std::vector<std::uint64_t> bad_lines;
    std::vector<RejectReason> reasons;
    std::string fault;
};

Read read_rest(CsvTickReader& reader) {
    Read read;
    for (;;) {
        auto const item = reader.next();
        if (auto const* good = std::get_if<CsvRow>(&item)) {
            read.rows.push_back(good->ts_ns - test::kStartNs);
        }
        if (auto const* bad = std::get_if<CsvFault>(&item)) {
            read.bad_lines.push_back(reader.line());
            read.reasons.push_back(bad->reason);
        }
        if (auto const* end = std::get_if<CsvTickReader::End>(&item)) {
            read.fault = end->fault;
            return read;
        }
    }
}

std::string error_of(std::string const& bytes) {
    TemporaryFile const file{bytes};
    auto const reader = CsvTickReader::open(file.path());
    return reader ? "" : reader.error();
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

// contract: RPL-2
TEST(CsvTickReader, WhenPlain_GivesRowsInOrder) {
    auto const read = read_all(kHeaderLine + row(1) + row(2) + row(3));
    EXPECT_EQ(read.rows, (Rows{1, 2, 3}));
    EXPECT_EQ(read.fault, "");
}

// contract: RPL-2
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
    EXPECT_EQ(read_all(std::string{kCsvHeader} + "\r\n" + at(1) + ",A,1,1,,,,\r\n" + at(2) +
                       ",A,,,,,1,1\r\n")
                  .rows,
              (Rows{1, 2}));
}

TEST(CsvTickReader, WhenLastLineHasNoNewline_IsARow) {
    auto const text = kHeaderLine + row(1) + at(2) + ",A,,,,,1,1";
    EXPECT_EQ(read_all(text).rows, (Rows{1, 2}));
    EXPECT_EQ(read_all(gzipped(text)).rows, (Rows{1, 2}));
}

TEST(CsvTickReader, WhenRowsAreBad_ReportsTheirLinesAndLosesNoOther) {
    auto const read =
        read_all(kHeaderLine + row(1) + "junk\n" + row(2) + ",,,,,,,\n" +
                 std::string("\0\xff\x01,,,,,,,\n", 11) + row(3) + at(4) + ",A,,,,,,\n");
    EXPECT_EQ(read.rows, (Rows{1, 2, 3}));
    EXPECT_EQ(read.bad_lines, (Lines{3, 5, 6, 8}));
}

// contract: RPL-12
TEST(CsvTickReader, WhenLinesAreBlank_TheyAreNeitherRowsNorBad) {
    auto const text = "\n \t\r\n" + kHeaderLine + "\n" + row(1) + "\r\n  \n" + row(2) + "\n\n";
    auto const read = read_all(text);
    EXPECT_EQ(read.rows, (Rows{1, 2}));
    EXPECT_EQ(read.bad_lines, Lines{});
    auto const marked = read_all("\xef\xbb\xbf" + text);
    EXPECT_EQ(marked.rows, (Rows{1, 2}));
    EXPECT_EQ(marked.bad_lines, Lines{});
}

// contract: RPL-10
TEST(CsvTickReader, WhenAByteOrderMarkComesFirst_IsSkipped) {
    auto const text = "\xef\xbb\xbf" + kHeaderLine + row(1) + row(2);
    EXPECT_EQ(read_all(text).rows, (Rows{1, 2}));
    EXPECT_EQ(read_all(gzipped(text)).rows, (Rows{1, 2}));
    EXPECT_EQ(read_all("\xef\xbb\xbf\"ts_ns\"" + kHeaderLine.substr(5) + row(1)).rows, (Rows{1}));
}

// contract: RPL-11
TEST(CsvTickReader, WhenAQuotedFieldHoldsLineEnds_IsOneRow) {
    auto const header = "note," + kHeaderLine;
    auto const text =
        header + "\"one\ntwo\r\nthree\"," + row(1) + "x," + row(2) + "\"\n\"," + row(3);
    auto const read = read_all(text + "y,junk\n");
    EXPECT_EQ(read.rows, (Rows{1, 2, 3}));
    EXPECT_EQ(read.bad_lines, (Lines{8})) << "lines are counted, not rows";
    EXPECT_EQ(read_all(text.substr(0, text.size() - 1)).rows, (Rows{1, 2, 3})) << "no last newline";
    // For every position of the buffer's end.
    std::string many = header;
    Rows rows;
    for (std::int64_t i = 0; i < 5'000; ++i) {
        many += "\"" + std::string(static_cast<std::size_t>(i % 57), 'n') + "\n\n\"," + row(i);
        rows.push_back(i);
    }
    EXPECT_EQ(read_all(many).rows, rows);
    EXPECT_EQ(read_all(gzipped(many)).rows, rows);
}

// contract: RPL-11
TEST(CsvTickReader, WhenAQuoteIsNotClosed_CostsOneRow) {
    for (std::string const stray :
         {"\"quoted,\n", "\"quoted\n", "1,\"A,1,,,,,\n", "\"\n", "x,\"\"\"\n"}) {
        auto const read = read_all(kHeaderLine + row(1) + stray + row(2) + row(3) + stray + row(4));
        EXPECT_EQ(read.rows, (Rows{1, 2, 3, 4})) << stray;
        EXPECT_EQ(read.bad_lines, (Lines{3, 6})) << stray;
    }
    // Many rows follow, all quoted or none.
    std::string text = kHeaderLine + "\"open\n";
    for (std::int64_t i = 0; i < 3'000; ++i)
        text += i % 2 == 0 ? row(i) : "\"" + at(i) + "\",\"A\",1,1,,,,\n";
    auto const read = read_all(text);
    EXPECT_EQ(read.rows.size(), 3'000U);
    EXPECT_EQ(read.bad_lines, (Lines{2}));
}

// contract: RPL-11
TEST(CsvTickReader, WhenAQuotedFieldHasTooManyLines_EachIsABadRow) {
    auto const lines = [](int count) {
        std::string field = "\"";
        for (int i = 0; i < count; ++i)
            field += "\n";
        return "note," + kHeaderLine + field + "\"," + row(1) + "," + row(2);
    };
    EXPECT_EQ(read_all(lines(15)).rows, (Rows{1, 2}));
    EXPECT_EQ(read_all(lines(16)).rows, (Rows{1, 2}));
    EXPECT_EQ(read_all(lines(17)).rows, (Rows{2}));
}

constexpr auto kMost = std::int64_t{366} * 86'400 * 1'000'000'000;

// contract: RPL-16
TEST(CsvTickReader, WhenARowIsMoreThan366DaysFromTheLastGoodOne_IsBad) {
    auto const read = read_all(kHeaderLine + row(0) + row(kMost) + row(2 * kMost + 1) + row(1) +
                               row(-kMost) + row(1 - kMost));
    EXPECT_EQ(read.rows, (Rows{0, kMost, 1, 1 - kMost}));
    EXPECT_EQ(read.bad_lines, (Lines{4, 6}));
    EXPECT_EQ(read.reasons, (std::vector{RejectReason::range, RejectReason::range}));
}

// contract: RPL-16
TEST(CsvTickReader, WhenTheFirstRowIsTheOneFarAway_ItIsTheBadOne) {
    for (auto const far : {2 * kMost, -2 * kMost}) {
        std::string text = kHeaderLine + row(far);
        Rows rows;
        for (std::int64_t i = 0; i < 150; ++i) {
            text += row(i);
            rows.push_back(i);
        }
        auto const read = read_all(text);
        EXPECT_EQ(read.rows, rows);
        EXPECT_EQ(read.bad_lines, (Lines{2}));
    }
    auto const several = read_all(kHeaderLine + row(2 * kMost) + row(-2 * kMost) + "0,A,1,,,,,\n" +
                                  row(1) + row(2) + row(3));
    EXPECT_EQ(several.rows, (Rows{1, 2, 3}));
    EXPECT_EQ(several.bad_lines, (Lines{2, 3, 4}));
    // Of two rows that are far from each other the second one is bad.
    EXPECT_EQ(read_all(kHeaderLine + row(0) + row(2 * kMost)).rows, (Rows{0}));
}

TEST(CsvTickReader, WhenManyYearsPassStepByStep_AllRowsAreGood) {
    std::string text = kHeaderLine;
    for (std::int64_t i = 0; i < 40; ++i)
        text += row(i * kMost);
    EXPECT_EQ(read_all(text).rows.size(), 40U);
}

TEST(CsvTickReader, WhenALineIsAsLongAsAllowed_IsARow) {
    auto const padded = [](std::size_t length, std::string const& end) {
        auto const begin = at(2) + ",A,1.";
        return begin + std::string(length - begin.size() - 5, '0') + ",,,,," + end;
    };
    for (std::string const end : {"\n", "\r\n"}) {
        auto const at = read_all(kHeaderLine + row(1) + padded(16'384, end) + row(3));
        EXPECT_EQ(at.rows, (Rows{1, 2, 3}));
        auto const above = read_all(kHeaderLine + row(1) + padded(16'385, end) + row(3));
        EXPECT_EQ(above.rows, (Rows{1, 3}));
        EXPECT_EQ(above.bad_lines, (Lines{3}));
    }
    EXPECT_EQ(read_all(kHeaderLine + padded(16'384, "")).rows, (Rows{2}));
    EXPECT_EQ(read_all(kHeaderLine + padded(16'385, "")).bad_lines, (Lines{2}));
}

TEST(CsvTickReader, WhenALineIsHuge_IsOneBadRow) {
    for (std::size_t const size : {20'000U, 65'536U, 70'000U, 1'000'000U}) {
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

std::string fault_of(std::string const& bytes) {
    TemporaryFile const file{bytes};
    auto const reader = CsvTickReader::open(file.path());
    return reader ? std::string{} : reader.error();
}

TEST(CsvTickReader, WhenTheFileCannotBeOpened_GivesTheReason) {
    auto const fault = [](std::string const& path) {
        auto const reader = CsvTickReader::open(path);
        return reader ? std::string{} : reader.error();
    };
    EXPECT_EQ(fault("/no/such/file"), "No such file or directory");
    EXPECT_EQ(fault("/tmp"), "a directory, not a regular file");
    EXPECT_EQ(fault("/dev/zero"), "a device, not a regular file");
    TemporaryFile const name{""};
    auto const pipe = name.path() + ".pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(fault(pipe), "a pipe, not a regular file");
    std::filesystem::remove(pipe);
}

// contract: RPL-19
TEST(CsvTickReader, WhenTheFileIsNoRecording_NamesItsForm) {
    EXPECT_EQ(fault_of(""), "it is empty");
    EXPECT_EQ(fault_of(gzipped("")), "its gzip holds an empty file");
    EXPECT_EQ(fault_of("\n \n"), "it has no header, only blank lines");
    EXPECT_EQ(fault_of("\xef\xbb\xbf"), "it has no header, only blank lines");
    EXPECT_NE(fault_of("ts_ns,ticker\n").find("lacks the columns bid, bid_size"),
              std::string::npos);
    EXPECT_NE(fault_of("time,symbol\n1,A\n").find("the first line is 'time,symbol', not"),
              std::string::npos);
    EXPECT_NE(fault_of(std::string(200'000, 'x')).find("the first line is 'xxx"),
              std::string::npos);
    EXPECT_EQ(fault_of(gzipped(kHeaderLine).substr(0, 12)), "the gzip data end too early");
    EXPECT_EQ(fault_of("\x1f\x8b"), "the gzip data end too early");
    EXPECT_EQ(fault_of("PK\3\4" + std::string(100'000, '\0')).find("it is a zip archive"), 0U);
    EXPECT_EQ(
        fault_of(gzipped("PK\3\4" + std::string(99, 'x'))).find("its gzip holds a zip archive"),
        0U);
    EXPECT_EQ(
        fault_of(gzipped(gzipped(kHeaderLine + row(1)))).find("its gzip holds gzip once more"), 0U);
}

// contract: RPL-15
TEST(CsvTickReader, WhenTheFirstTimesAreOfAnotherUnit_NamesTheUnit) {
    auto const rows = [](std::string const& column, std::string const& time) {
        auto text = column + kHeaderLine.substr(5);
        for (int i = 0; i < 200; ++i)
            text += time + ",A,1,,,,,\n";
        return text;
    };
    EXPECT_EQ(fault_of(rows("ts_ns", "1735689600000000")),
              "the ts_ns of line 2, 1735689600000000, is 1970-01-21: are these microseconds? then "
              "call the column ts_us");
    EXPECT_NE(
        fault_of(rows("ts_ns", "1735689600000")).find("milliseconds? then call the column ts_ms"),
        std::string::npos);
    EXPECT_NE(fault_of(rows("ts_ns", "1735689600.25")).find("seconds? then call the column ts_s"),
              std::string::npos);
    EXPECT_NE(fault_of(rows("ts_us", "1735689600000000000"))
                  .find("nanoseconds? then call the column ts_ns"),
              std::string::npos);
    EXPECT_EQ(fault_of(rows("ts_s", "1735689600000000000")),
              "the ts_s of line 2, 1735689600000000000, is after the year 2262: are these "
              "nanoseconds? then call the column ts_ns");
    EXPECT_EQ(fault_of(rows("ts_ns", "5")),
              "the ts_ns of line 2, 5, is 1970-01-01, and a recording lies between 1990 and 2100");
    EXPECT_NE(fault_of(rows("ts_ns", "-5")).find("1969-12-31, and a recording"), std::string::npos);
    EXPECT_NE(fault_of(rows("ts_s", "99999999999999999999999")).find("after the year 2262, and"),
              std::string::npos);
    EXPECT_EQ(fault_of(rows("ts_us", "1735689600000000")), "");
}

// contract: RPL-15
TEST(CsvTickReader, WhenSomeOfTheFirstTimesAreImplausible_TheMajorityCounts) {
    auto const text = [](int bad, int good) {
        std::string rows = kHeaderLine;
        for (int i = 0; i < bad; ++i)
            rows += "0,A,1,,,,,\n";
        for (int i = 0; i < good; ++i)
            rows += row(i);
        return rows;
    };
    EXPECT_EQ(fault_of(text(50, 50)), "");
    EXPECT_EQ(fault_of(text(51, 49)).find("the ts_ns of line 2, 0, is 1970-01-01"), 0U);
    EXPECT_EQ(fault_of(text(0, 100) + text(1'000, 0).substr(kHeaderLine.size())), "")
        << "the first 100 are looked at";
    EXPECT_EQ(fault_of(text(1, 1)), "");
    EXPECT_NE(fault_of(text(1, 0)), "");
    EXPECT_EQ(fault_of(text(0, 0)), "") << "rows may come later";
    EXPECT_EQ(fault_of(kHeaderLine + "junk\n"), "");
}

TEST(CsvTickReader, WhenTheFileIsWrittenOverWhileItIsRead_IsAFaultAndNoRowOfBoth) {
    auto const old = many_rows(20'000);
    auto const other = "x," + kHeaderLine + "y," + many_rows(30'000).substr(kHeaderLine.size());
    for (auto const& bytes : {std::string{}, old.substr(0, 1'000), other}) {
        TemporaryFile const file{old};
        auto reader = CsvTickReader::open(file.path());
        ASSERT_TRUE(reader);
        ASSERT_TRUE(std::holds_alternative<CsvRow>(reader->next()));
        file.write(bytes);
        auto const read = read_rest(*reader);
        EXPECT_EQ(read.fault, "the file was changed while it was read");
        EXPECT_LT(read.rows.size(), 10'000U);
        EXPECT_TRUE(read.bad_lines.empty());
    }
}

TEST(CsvTickReader, WhenTheFileGrowsWhileItIsRead_GoesOn) {
    auto const text = many_rows(20'000);
    TemporaryFile const file{text};
    auto reader = CsvTickReader::open(file.path());
    ASSERT_TRUE(reader);
    ASSERT_TRUE(std::holds_alternative<CsvRow>(reader->next()));
    std::ofstream{file.path(), std::ios::app} << row(1);
    auto const read = read_rest(*reader);
    EXPECT_EQ(read.fault, "");
    EXPECT_EQ(read.rows.size(), 20'000U) << "one was read before";
}

TEST(CsvTickReader, WhenAnotherFileTakesItsName_ReadsTheOldOneToItsEnd) {
    auto const text = many_rows(20'000);
    TemporaryFile const file{text};
    auto reader = CsvTickReader::open(file.path());
    ASSERT_TRUE(reader);
    file.replace(kHeaderLine);
    EXPECT_EQ(read_rest(*reader).rows.size(), 20'000U);
}

/// Whatever a file holds, the reader does not crash, and reaches an end if the file opens.
TEST(CsvTickReader, WhenFilesAreMutatedAtRandom_NeverCrashes) {
    std::mt19937 random{2026};
    auto const any = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
    };
    std::string const plain = "\"ts_ns\"" + kHeaderLine.substr(5) + row(1) + "\"" + at(2) +
                              "\",\"A\",\"1\",\"2\",,,,\r\n\n" + row(3) + row(4, "B");
    std::size_t opened = 0;
    for (int i = 0; i < 3'000; ++i) {
        auto text = plain;
        for (auto changes = 1 + any(6); changes > 0; --changes) {
            // Changes rows more often than the header.
            auto const from = any(4) == 0 ? 0 : kHeaderLine.size();
            auto const at = from + any(text.size() - from);
            auto const byte = any(2) == 0 ? "\"\n\r, "[any(5)] : static_cast<char>(any(256));
            any(3) == 0 ? text.erase(at, 1 + any(8)) : text.insert(at, 1 + any(3), byte);
            if (text.size() < kHeaderLine.size() + 10) text = plain;
        }
        TemporaryFile const file{any(4) == 0 ? gzipped(text) : text};
        auto reader = CsvTickReader::open(file.path());
        if (!reader) {
            EXPECT_NE(reader.error(), "");
            continue;
        }
        ++opened;
        auto const first = read_rest(*reader);
        reader->rewind();
        EXPECT_EQ(read_rest(*reader).rows, first.rows) << text;
    }
    EXPECT_GT(opened, 500U);
}

TEST(CsvTickReader, WhenBlankLinesStandBeforeTheHeader_TheyMayFillItsFirstMiB) {
    auto const most = CsvTickReader::kMostLookedAt;
    for (auto const blanks : {std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{500},
                              most - kHeaderLine.size()}) {
        auto const bytes = std::string(blanks, '\n') + kHeaderLine + row(1) + row(2);
        for (auto const& packed : {bytes, gzipped(bytes)}) {
            TemporaryFile const file{packed};
            auto reader = CsvTickReader::open(file.path());
            ASSERT_TRUE(reader);
            EXPECT_EQ(read_rest(*reader).rows, (std::vector<std::int64_t>{1, 2})) << blanks;
            EXPECT_EQ(reader->line(), blanks + 3);
            reader->rewind();
            EXPECT_EQ(read_rest(*reader).rows, (std::vector<std::int64_t>{1, 2})) << blanks;
        }
    }
    auto const over = std::string(most + 2 * 65'536, '\n') + kHeaderLine + row(1);
    EXPECT_EQ(error_of(over), "it has no header in its first MiB, only blank lines");
    EXPECT_EQ(error_of(gzipped(over)), "it has no header in its first MiB, only blank lines");
}

TEST(CsvTickReader, WhenManyMembersAreEmpty_ReadsTheOthers) {
    std::string const empty = gzipped("");
    std::string many;
    while (many.size() < 400'000)
        many += empty;
    auto const read =
        read_all(many + gzipped(kHeaderLine + row(1)) + many + gzipped(row(2)) + many);
    EXPECT_EQ(read.rows, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(read.fault, "");
    EXPECT_EQ(error_of(many), "its gzip holds an empty file");
}

}  // namespace
}  // namespace tickcast
