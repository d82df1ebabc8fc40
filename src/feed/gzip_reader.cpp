#include "tickcast/feed/gzip_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <new>
#include <system_error>
#include <utility>

namespace tickcast {
namespace {

constexpr std::size_t kInputSize = std::size_t{64} * 1024;
constexpr int kGzipOnly = 15 + 16;  // inflateInit2: the largest window, and a gzip header

bool is_gzip(unsigned char const* bytes, std::size_t size) noexcept {
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;  // RFC 1952 section 2.3.1
}

std::string text_of(int number) {
    return std::generic_category().message(number);
}

}  // namespace

Result<std::unique_ptr<GzipReader>, std::string> GzipReader::open(std::string const& path) {
    std::error_code fault;
    auto const status = std::filesystem::status(path, fault);
    if (fault) return path + ": " + fault.message();
    // A pipe could not be read twice (scan and replay), and opening one would block.
    if (!std::filesystem::is_regular_file(status)) return path + ": not a regular file";
    std::unique_ptr<std::FILE, Close> file{std::fopen(path.c_str(), "rbe")};
    if (!file) return path + ": " + text_of(errno);
    return std::unique_ptr<GzipReader>{new GzipReader{std::move(file)}};
}

GzipReader::GzipReader(std::unique_ptr<std::FILE, Close> file)
    : file_(std::move(file)), input_(kInputSize) {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc{};
}

GzipReader::~GzipReader() {
    inflateEnd(&stream_);
}

std::size_t GzipReader::read(std::span<char> out) {
    if (ended_ || out.empty()) return 0;
    if (stream_.avail_in == 0 && !fill()) {
        if (gzip_) fail("the gzip data end too early");
        ended_ = true;
        return 0;
    }
    if (std::exchange(at_start_, false)) gzip_ = is_gzip(stream_.next_in, stream_.avail_in);
    if (gzip_) return inflate_into(out);

    auto const size = std::min<std::size_t>(out.size(), stream_.avail_in);
    std::copy_n(stream_.next_in, size, out.begin());
    stream_.next_in += size;
    stream_.avail_in -= static_cast<uInt>(size);
    return size;
}

std::size_t GzipReader::inflate_into(std::span<char> out) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    auto const size = [&] { return out.size() - stream_.avail_out; };
    while (size() == 0 && !ended_) {
        if (stream_.avail_in == 0 && !fill()) {
            fail("the gzip data end too early");
            break;
        }
        int const result = inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            next_member();
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            fail(stream_.msg != nullptr ? stream_.msg : "the gzip data are corrupt");
        }
    }
    return size();
}

void GzipReader::next_member() {
    // The magic's second byte may be in the next block of the file.
    if (stream_.avail_in == 1) {
        input_[0] = *stream_.next_in;
        auto const more = std::fread(input_.data() + 1, 1, input_.size() - 1, file_.get());
        stream_.next_in = input_.data();
        stream_.avail_in = static_cast<uInt>(more + 1);
    } else if (stream_.avail_in == 0 && !fill()) {
        ended_ = true;
        return;
    }
    // Anything else after a member is padding, which gzip ignores as well.
    if (is_gzip(stream_.next_in, stream_.avail_in)) {
        inflateReset(&stream_);
    } else {
        ended_ = true;
    }
}

bool GzipReader::fill() {
    auto const size = std::fread(input_.data(), 1, input_.size(), file_.get());
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(size);
    if (size == 0 && std::ferror(file_.get()) != 0) fail(text_of(errno));
    return size > 0;
}

void GzipReader::fail(std::string text) {
    if (fault_.empty()) fault_ = std::move(text);
    ended_ = true;
}

void GzipReader::rewind() {
    std::rewind(file_.get());
    inflateReset(&stream_);
    stream_.avail_in = 0;
    at_start_ = true;
    gzip_ = false;
    ended_ = false;
    fault_.clear();
}

}  // namespace tickcast
