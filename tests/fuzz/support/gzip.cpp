#include "fuzz/support/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace tickcast::fuzz {

namespace {

constexpr int kGzipOnly = 15 + 16;

Bytef* bytes_of(std::string_view text) {
    // zlib does not change its input.
    return const_cast<Bytef*>(reinterpret_cast<Bytef const*>(text.data()));
}

bool is_member(std::string_view rest) {
    return rest.starts_with("\x1f\x8b");
}

/// Unpacks the member that `rest` begins with, and takes it off; false at a fault.
bool take_member(std::string_view& rest, Unpacked& into, std::size_t most) {
    z_stream stream{};
    inflateInit2(&stream, kGzipOnly);
    stream.next_in = bytes_of(rest);
    stream.avail_in = static_cast<uInt>(rest.size());
    int result = Z_OK;
    while (result == Z_OK && into.content.size() <= most) {
        std::array<char, 16384> out;
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = out.size();
        result = inflate(&stream, Z_NO_FLUSH);
        into.content.append(out.data(), out.size() - stream.avail_out);
        if (result == Z_BUF_ERROR && stream.avail_in > 0) result = Z_OK;
    }
    rest.remove_prefix(rest.size() - stream.avail_in);
    inflateEnd(&stream);
    return result == Z_STREAM_END;
}

}  // namespace

std::string packed(std::string_view content) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipOnly, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, content.size()), '\0');
    stream.next_in = bytes_of(content);
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

Unpacked unpack(std::string_view file, std::size_t most) {
    Unpacked unpacked;
    unpacked.whole = true;
    while (unpacked.whole && is_member(file) && !unpacked.cut) {
        unpacked.whole = take_member(file, unpacked, most);
        unpacked.cut = unpacked.content.size() > most;
    }
    if (unpacked.cut) {
        unpacked.content.resize(most);
        unpacked.whole = false;
    }
    return unpacked;
}

}  // namespace tickcast::fuzz
