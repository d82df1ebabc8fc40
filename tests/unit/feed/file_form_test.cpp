#include "feed/replay/file_form.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tickcast {
namespace {

using namespace std::string_view_literals;

/// ASCII text in units of `size` bytes, the low byte first or last.
std::string wide(std::string_view text, std::size_t unit, bool little_endian) {
    std::string out;
    for (char const c : text) {
        std::string bytes(unit, '\0');
        bytes[little_endian ? 0 : unit - 1] = c;
        out += bytes;
    }
    return out;
}

bool named(std::string_view bytes, std::string_view word) {
    return foreign_form(bytes).find(word) != std::string_view::npos;
}

// contract: RPL-19
TEST(FileForm, WhenPackedOrAnArchive_IsNamed) {
    EXPECT_TRUE(named("PK\3\4\x14\0\0\0"sv, "zip"));
    EXPECT_TRUE(named("PK\5\6\0\0"sv, "zip"));
    EXPECT_TRUE(named("\x28\xb5\x2f\xfd\x24"sv, "zstd"));
    EXPECT_TRUE(named("\x50\x2a\x4d\x18\x04"sv, "zstd"));
    EXPECT_TRUE(
        named("\xfd"
              "7zXZ\0\0\4"sv,
              "xz"));
    EXPECT_TRUE(named("BZh91AY&SY"sv, "bzip2"));
    EXPECT_TRUE(named("7z\xbc\xaf\x27\x1c\0\4"sv, "7z"));
    EXPECT_TRUE(named("Rar!\x1a\7\1\0"sv, "rar"));
    EXPECT_TRUE(named("\x04\x22\x4d\x18\x64"sv, "lz4"));
    EXPECT_TRUE(named(test::gzipped("x"), "gzip"));
    EXPECT_TRUE(named("PAR1\x15"sv, "Parquet"));
    std::string tar = "day.csv" + std::string(250, '\0') + "ustar" + std::string(300, '\0');
    tar[156] = '0';
    EXPECT_TRUE(named(tar, "tar"));
}

// contract: RPL-19
TEST(FileForm, WhenTextIsWide_IsNamedWithAndWithoutItsMark) {
    for (bool const little : {true, false}) {
        auto const text = wide(test::kHeaderLine, 2, little);
        EXPECT_TRUE(named(text, "UTF-16"));
        EXPECT_TRUE(named((little ? "\xff\xfe" : "\xfe\xff") + text, "UTF-16"));
        EXPECT_TRUE(named(wide(test::kHeaderLine, 4, little), "UTF-32"));
    }
    EXPECT_TRUE(named("\xff\xfe\0\0t\0\0\0"sv, "UTF-32"));
    EXPECT_TRUE(named("\0\0\xfe\xff\0\0\0t"sv, "UTF-32"));
    EXPECT_TRUE(named("\xff\xfe"sv, "UTF-16"));
}

TEST(FileForm, WhenAnotherKindOfText_IsNamed) {
    EXPECT_TRUE(named("<!DOCTYPE html>\n<html>", "HTML"));
    EXPECT_TRUE(named("\xef\xbb\xbf\n <?xml version=\"1.0\"?>", "XML"));
    EXPECT_TRUE(named("[{\"ts_ns\":1}]", "JSON"));
    EXPECT_TRUE(named("{\"error\":\"not found\"}\n", "JSON"));
    EXPECT_TRUE(named("ab\0cd"sv, "binary"));
}

TEST(FileForm, WhenItMayBeCsv_IsNoForeignForm) {
    for (auto const text : {""sv, "x"sv, "\n\n"sv, "ts,ticker\n"sv, "\xef\xbb\xbfts_ns,ticker\n"sv,
                            "a,b\n\0\0,\0\n"sv, "PK"sv, "# made by us\n"sv}) {
        EXPECT_EQ(foreign_form(text), "") << text;
    }
    EXPECT_EQ(foreign_form(test::kHeaderLine), "");
}

}  // namespace
}  // namespace tickcast
