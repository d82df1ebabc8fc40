#include "http/compress.hpp"

#include "tickcast/base/check.hpp"

#include <zlib.h>

#include <limits>
#include <new>

namespace tickcast {

namespace {

constexpr int kWindowAndGzip = MAX_WBITS + 16;  // deflateInit2: 16 asks for a gzip header
constexpr int kMemoryLevel = 9;                 // the largest: it is used only for a moment

}  // namespace

std::string gzip(std::string_view text) {
    TICKCAST_CHECK(text.size() <= std::numeric_limits<uInt>::max(), "zlib counts in 32 bits");
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowAndGzip, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc{};
    }
    std::string compressed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    // zlib only reads from next_in. Only zlib built with ZLIB_CONST declares it const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
    stream.avail_out = static_cast<uInt>(compressed.size());
    int const result = deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    TICKCAST_CHECK(result == Z_STREAM_END, "deflateBound gives room for all");
    compressed.resize(stream.total_out);
    compressed.shrink_to_fit();  // the result is kept, and the bound is larger than the text itself
    return compressed;
}

}  // namespace tickcast
