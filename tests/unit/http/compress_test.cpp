#include "http/compress.hpp"

#include "feed/replay/gzip_reader.hpp"
#include "support/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

namespace tickcast::test {
namespace {

/// Unzips with the reader of the replay feed, which only reads gzip.
std::string unzipped(std::string const& compressed) {
    ScratchDirectory const folder;
    auto const path = folder.path() / "file.gz";
    std::ofstream{path, std::ios::binary} << compressed;
    auto opened = GzipReader::open(path.string());
    EXPECT_TRUE(opened);
    std::string text;
    char piece[4096];
    while (auto const size = (*opened)->read(piece))
        text.append(piece, size);
    EXPECT_EQ((*opened)->fault(), "");
    return text;
}

std::string noise(std::size_t size) {
    std::mt19937 bits{1};
    std::string text(size, '\0');
    for (char& c : text)
        c = static_cast<char>(bits() & 0xFFU);
    return text;
}

TEST(Gzip, OfAnyText_GivesItBack) {
    for (auto const& text :
         {std::string{}, std::string{"x"}, std::string(1'000'000, 'a'), noise(300'000)}) {
        EXPECT_EQ(unzipped(gzip(text)), text);
    }
}

TEST(Gzip, OfRepetition_IsSmallAndOfNoiseHardlyLarger) {
    EXPECT_LT(gzip(std::string(1'000'000, 'a')).size(), 2'000U);
    auto const size = gzip(noise(300'000)).size();
    EXPECT_GT(size, 300'000U);
    EXPECT_LT(size, 300'200U);
}

TEST(Gzip, OfAnyText_KeepsNoMoreMemoryThanItsBytes) {
    for (auto const& text : {std::string(1'000'000, 'a'), noise(300'000)}) {
        auto const compressed = gzip(text);
        EXPECT_EQ(compressed.capacity(), compressed.size());
    }
}

TEST(Gzip, OfTheSameText_GivesTheSameBytes) {
    EXPECT_EQ(gzip("the same"), gzip("the same"));
}

}  // namespace
}  // namespace tickcast::test
