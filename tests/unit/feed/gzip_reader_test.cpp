#include "feed/replay/gzip_reader.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tickcast {
namespace {

using test::gzipped;
using test::TemporaryFile;

std::string read(std::string_view bytes, std::size_t at_once) {
    TemporaryFile const file{std::string{bytes}};
    auto reader = GzipReader::open(file.path());
    std::string content;
    while (!(*reader)->ended()) {
        std::string buffer(at_once, '\0');
        content.append(buffer, 0, (*reader)->read(buffer));
    }
    EXPECT_EQ((*reader)->fault(), "the gzip data end too early");
    return content;
}

// The last match of the data can give more bytes than the buffer has room for.
TEST(GzipReader, WhenGzipIsTruncated_AnyBufferGivesAllBytesBeforeTheEnd) {
    auto const packed = gzipped(std::string(5'000, 'x') + "\nend\n");
    for (std::size_t size = 20; size < packed.size(); ++size) {
        auto const cut = std::string_view{packed}.substr(0, size);
        auto const content = read(cut, 65'536);
        for (std::size_t const at_once : {1U, 7U, 100U, 256U})
            EXPECT_TRUE(read(cut, at_once) == content) << size << " bytes, " << at_once;
    }
}

}  // namespace
}  // namespace tickcast
