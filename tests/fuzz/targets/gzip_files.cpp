// The bytes of a replay's file: gzip or not, whatever comes. The reader gives what zlib gives, in
// any sizes, twice; its lines are the text's lines.
#include "feed/replay/csv_tick_reader.hpp"
#include "feed/replay/gzip_reader.hpp"
#include "feed/replay/line_reader.hpp"
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/gzip.hpp"
#include "fuzz/support/memory_file.hpp"
#include "fuzz/support/pieces.hpp"

#include <string>

namespace tickcast::fuzz {

namespace {

/// A kilobyte of gzip can hold a megabyte: no more of it is read.
constexpr std::size_t kMost = std::size_t{1} << 17;

struct Read {
    std::string content{};
    bool faulty{false};
    bool gzip{false};
};

/// Reads the file with buffers of 1 to `most_at_once` bytes.
Read read(GzipReader& reader, Draws& draws, std::size_t most_at_once) {
    Read all;
    std::size_t idle = 0;
    while (!reader.ended() && all.content.size() < kMost) {
        std::vector<char> buffer(1 + draws.below(most_at_once));
        auto const size = reader.read(buffer);
        require(size <= buffer.size(), "a read fills its buffer at most");
        all.content.append(buffer.data(), size);
        idle = size == 0 ? idle + 1 : 0;
        require(idle < 64, "reading goes on");
    }
    all.content.resize(std::min(all.content.size(), kMost));
    all.faulty = !reader.fault().empty();
    all.gzip = reader.is_gzip();
    return all;
}

void check_content(std::string const& path, std::string_view file) {
    auto reader = GzipReader::open(path);
    require(static_cast<bool>(reader), "a regular file can be opened");
    Draws draws{file};
    auto const large = read(**reader, draws, 65536);
    (*reader)->rewind();
    auto const small = read(**reader, draws, file.size() < 512 ? 16 : 4096);
    require(large.content == small.content, "any buffers give the same content, and twice");
    bool const cut = large.content.size() == kMost;
    require(cut || large.faulty == small.faulty, "any buffers find the same fault");
    bool const gzip = file.starts_with("\x1f\x8b");
    require(large.gzip == gzip, "gzip is known by its first bytes");
    if (!gzip) {
        require(large.content == file.substr(0, kMost) && !large.faulty, "plain bytes stay plain");
        return;
    }
    auto const wanted = unpack(file, kMost);
    require(large.content == wanted.content, "the content is what zlib finds");
    require(cut || large.faulty != wanted.whole, "a fault is one for zlib");
}

/// The content in lines; a line that is too long is left out.
void check_lines(std::string const& path, std::string_view file) {
    auto reader = GzipReader::open(path);
    LineReader lines{*std::move(reader)};
    auto const content = file.starts_with("\x1f\x8b") ? unpack(file, kMost).content
                                                      : std::string{file.substr(0, kMost)};
    std::size_t at = 0;
    for (std::size_t number = 1; at < content.size();) {
        auto const status = lines.next();
        if (status == LineReader::Status::skipping) continue;
        auto const end = std::min(content.find('\n', at), content.size());
        auto line = std::string_view{content}.substr(at, end - at);
        if (end == content.size()) return;  // cut, unfinished, or the last one
        if (line.ends_with('\r')) line.remove_suffix(1);
        bool const fits = line.size() <= LineReader::kMaxLine;
        require(status == (fits ? LineReader::Status::line : LineReader::Status::too_long),
                "a line is whole, or too long");
        require(lines.line_number() == number++, "lines are counted");
        if (fits) require_same(lines.line(), line, "lines are the text's lines");
        at = end + 1;
    }
}

}  // namespace

void run(std::string_view input) {
    static MemoryFile file;
    file.write(input);
    check_content(file.path(), input);
    check_lines(file.path(), input);
    auto const opened = CsvTickReader::open(file.path());
    if (!opened) require(!opened.error().empty(), "a file is refused with a reason");
}

}  // namespace tickcast::fuzz
