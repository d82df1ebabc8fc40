#include "feed/replay/gzip_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace tickcast {
namespace {

constexpr std::size_t kInputSize = std::size_t{64} * 1024;
constexpr std::size_t kBeginningSize = 4096;  // shows whether a file only grew
constexpr int kGzipOnly = 15 + 16;            // inflateInit2: the largest window, a gzip header

bool begins_as_gzip(unsigned char const* bytes, std::size_t size) noexcept {
    return size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;  // RFC 1952 section 2.3.1
}

std::string text_of(int number) {
    return std::generic_category().message(number);
}

char const* kind_of(mode_t mode) noexcept {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

}  // namespace

Result<std::unique_ptr<GzipReader>, std::string> GzipReader::open(std::string const& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return text_of(errno);
    // A pipe cannot be read twice (scan and replay), and opening a pipe would block.
    if (!S_ISREG(status.st_mode)) {
        return std::string{kind_of(status.st_mode)} + ", not a regular file";
    }
    std::unique_ptr<std::FILE, Close> file{std::fopen(path.c_str(), "rbe")};
    if (!file || ::fstat(::fileno(file.get()), &status) != 0) return text_of(errno);
    return std::unique_ptr<GzipReader>{new GzipReader{std::move(file), FileIdentity::of(status)}};
}

GzipReader::GzipReader(std::unique_ptr<std::FILE, Close> file, FileIdentity identity)
    : file_(std::move(file)), identity_(identity), seen_(identity), input_(kInputSize) {
    beginning_ = beginning();
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc{};
}

GzipReader::~GzipReader() {
    inflateEnd(&stream_);
}

std::size_t GzipReader::read(std::span<char> out) {
    if (ended_ || out.empty()) return 0;
    if (!gzip_ && stream_.avail_in == 0 && !fill()) {
        ended_ = true;
        return 0;
    }
    if (std::exchange(at_start_, false)) {
        gzip_ = begins_as_gzip(stream_.next_in, stream_.avail_in);
    }
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
    auto const taken_before = taken_;
    while (size() == 0 && !ended_ && taken_ == taken_before) {
        // Without more input there can still be output: the rest of the last match.
        bool const more = stream_.avail_in > 0 || fill();
        if (ended_) break;
        int const result = inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            next_member();
        } else if (result == Z_BUF_ERROR && !more) {
            fail("the gzip data end too early");
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            fail(std::string{"the gzip data are corrupt"} +
                 (stream_.msg != nullptr ? std::string{" ("} + stream_.msg + ")" : ""));
        }
    }
    return size();
}

void GzipReader::next_member() {
    // The magic's second byte may be in the next block of the file.
    if (stream_.avail_in == 1) {
        input_[0] = *stream_.next_in;
        fill(1);
    } else if (stream_.avail_in == 0 && !fill()) {
        ended_ = true;
        return;
    }
    // Anything else after a member is padding, which gzip ignores as well.
    if (begins_as_gzip(stream_.next_in, stream_.avail_in)) {
        inflateReset(&stream_);
    } else {
        ended_ = true;
    }
}

/// Reads more bytes after the first `kept` bytes of the buffer. False if there were none.
bool GzipReader::fill(std::size_t kept) {
    auto const size = std::fread(input_.data() + kept, 1, input_.size() - kept, file_.get());
    auto const error = errno;
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(kept + size);
    taken_ += static_cast<std::int64_t>(size);
    if (size == 0 && std::ferror(file_.get()) != 0) {
        failed_to_read_ = true;
        fail(text_of(error));
    } else if (written_over()) {
        // The bytes read may belong to the old content or to the new one.
        stream_.avail_in = 0;
        fail("the file was changed while it was read");
        return false;
    }
    return size > 0;
}

bool GzipReader::written_over() {
    struct stat status{};
    if (::fstat(::fileno(file_.get()), &status) != 0) return false;
    auto const now = FileIdentity::of(status);
    if (now == seen_) return false;
    seen_ = now;
    if (now.size < taken_) return true;
    auto const begins = beginning();
    return begins.size() < beginning_.size() ||
           !std::equal(beginning_.begin(), beginning_.end(), begins.begin());
}

std::vector<unsigned char> GzipReader::beginning() const {
    std::vector<unsigned char> bytes(kBeginningSize);
    auto const size = ::pread(::fileno(file_.get()), bytes.data(), bytes.size(), 0);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
}

void GzipReader::fail(std::string text) {
    if (fault_.empty()) fault_ = std::move(text);
    ended_ = true;
}

void GzipReader::rewind() {
    std::clearerr(file_.get());
    bool const is_back = std::fseek(file_.get(), 0, SEEK_SET) == 0;
    auto const error = errno;
    inflateReset(&stream_);
    stream_.avail_in = 0;
    taken_ = 0;
    at_start_ = true;
    gzip_ = false;
    ended_ = false;
    failed_to_read_ = false;
    fault_.clear();
    if (!is_back) fail(text_of(error));
}

}  // namespace tickcast
