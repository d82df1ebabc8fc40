#include "tickcast/base/read_file.hpp"

#include "support/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace tickcast {
namespace {

class ReadFile : public ::testing::Test {
protected:
    std::string write(std::string const& bytes) {
        auto const path = (directory_.path() / "file").native();
        std::ofstream{path, std::ios::binary} << bytes;
        return path;
    }

    test::ScratchDirectory directory_;
};

TEST_F(ReadFile, UpToTheLimit_GivesAllBytes) {
    auto const path = write(std::string{"a\0b\n", 4});
    EXPECT_EQ(*read_file(path, 4), (std::string{"a\0b\n", 4}));
    EXPECT_EQ(*read_file(path, 100), (std::string{"a\0b\n", 4}));
}

TEST_F(ReadFile, OverTheLimit_GivesOneByteMore) {
    EXPECT_EQ(*read_file(write("abcdef"), 4), "abcde");
    EXPECT_EQ(*read_file(write("abcdef"), 0), "a");
}

TEST_F(ReadFile, LargerThanOneRead_GivesAllBytes) {
    std::string const large(200'000, 'x');
    EXPECT_EQ(*read_file(write(large), 1'000'000), large);
    EXPECT_EQ(read_file(write(large), 150'000)->size(), 150'001U);
}

TEST_F(ReadFile, EmptyFile_GivesNoBytes) {
    EXPECT_EQ(*read_file(write(""), 10), "");
}

TEST_F(ReadFile, WhatCannotBeRead_GivesTheSystemsError) {
    EXPECT_EQ(read_file((directory_.path() / "none").native(), 10).error(),
              std::errc::no_such_file_or_directory);
    EXPECT_EQ(read_file(directory_.path().native(), 10).error(), std::errc::is_a_directory);
}

}  // namespace
}  // namespace tickcast
