#include "feed/replay/file_form.hpp"

#include "tickcast/base/utf8.hpp"

#include <algorithm>
#include <array>

namespace tickcast {
namespace {

using namespace std::string_view_literals;

struct Magic {
    std::size_t at;
    std::string_view bytes;
    std::string_view form;
};

constexpr auto kUtf16 = "UTF-16 text: save it as UTF-8"sv;
constexpr auto kUtf32 = "UTF-32 text: save it as UTF-8"sv;

// The little-endian mark of UTF-32 begins with that of UTF-16, so it stands first.
constexpr std::array kMagics{
    Magic{0, "PK\3\4"sv,
          "a zip archive (Excel's .xlsx is one too): unpack it, or save it as CSV"sv},
    Magic{0, "PK\5\6"sv, "an empty zip archive"sv},
    Magic{0, "PK\7\10"sv, "a zip archive: unpack it"sv},
    Magic{0, "\x1f\x8b"sv, "gzip once more: unpack it once"sv},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "zstd data: unpack them, or pack with gzip"sv},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "xz data: unpack them, or pack with gzip"sv},
    Magic{0, "BZh"sv, "bzip2 data: unpack them, or pack with gzip"sv},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive: unpack it"sv},
    Magic{0, "Rar!\x1a\7"sv, "a rar archive: unpack it"sv},
    Magic{0, "\x04\x22\x4d\x18"sv, "lz4 data: unpack them, or pack with gzip"sv},
    Magic{0, "LZIP"sv, "lzip data: unpack them, or pack with gzip"sv},
    Magic{0, "\x1f\x9d"sv, "data of compress (.Z): unpack them, or pack with gzip"sv},
    Magic{257, "ustar"sv, "a tar archive: unpack it"sv},
    Magic{0, "PAR1"sv, "a Parquet file: save it as CSV"sv},
    Magic{0, "ARROW1"sv, "an Arrow file: save it as CSV"sv},
    Magic{0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file: save it as CSV"sv},
    Magic{0, "SQLite format 3\0"sv, "a SQLite database: save its rows as CSV"sv},
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "an Excel file (.xls): save it as CSV"sv},
    Magic{0, "%PDF-"sv, "a PDF file"sv},
    Magic{0,
          "\x7f"
          "ELF"sv,
          "a program (ELF)"sv},
    Magic{0, "\xff\xfe\0\0"sv, kUtf32},
    Magic{0, "\0\0\xfe\xff"sv, kUtf32},
    Magic{0, "\xff\xfe"sv, kUtf16},
    Magic{0, "\xfe\xff"sv, kUtf16},
};

/// zstd skips frames of this kind, and some tools begin their files with one.
bool is_skippable_zstd(std::string_view first) noexcept {
    return first.size() >= 4 && (first[0] & '\xf0') == '\x50' &&
           first.substr(1, 3) == "\x2a\x4d\x18";
}

/// How many NULs there are at every `step`th position from `begin` on.
std::size_t nuls(std::string_view text, std::size_t begin, std::size_t step) noexcept {
    std::size_t count = 0;
    for (auto i = begin; i < text.size(); i += step)
        count += text[i] == '\0' ? 1U : 0U;
    return count;
}

/// ASCII text in UTF-16 or UTF-32 without a mark has NULs in all bytes of a unit except one.
std::string_view wide_text(std::string_view first) noexcept {
    auto const text = first.substr(0, std::min<std::size_t>(first.size() & ~std::size_t{3}, 64));
    if (text.size() < 4) return {};
    auto const fourth = text.size() / 4;
    auto const all = nuls(text, 0, 1);
    if (all == 3 * fourth && (nuls(text, 0, 4) == 0 || nuls(text, 3, 4) == 0)) return kUtf32;
    if (all == 2 * fourth && (nuls(text, 0, 2) == 0 || nuls(text, 1, 2) == 0)) return kUtf16;
    return {};
}

/// A download that was answered with an error page leaves a file that begins as markup.
bool begins_as_markup(std::string_view first) noexcept {
    auto const begin = first.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && first[begin] == '<';
}

bool begins_as_json(std::string_view first) noexcept {
    auto const begin = first.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && (first[begin] == '{' || first[begin] == '[');
}

}  // namespace

std::string_view foreign_form(std::string_view first) noexcept {
    for (auto const& magic : kMagics) {
        if (first.size() >= magic.at && first.substr(magic.at).starts_with(magic.bytes)) {
            return magic.form;
        }
    }
    if (is_skippable_zstd(first)) return "zstd data: unpack them, or pack with gzip";
    if (auto const wide = wide_text(first); !wide.empty()) return wide;
    if (first.starts_with(kByteOrderMark)) first.remove_prefix(kByteOrderMark.size());
    if (begins_as_markup(first)) return "a page of HTML or XML, not CSV";
    if (begins_as_json(first)) return "JSON, not CSV";
    // In a later row a NUL is the fault of that row alone.
    auto const line = first.substr(0, first.find('\n'));
    if (line.find('\0') != std::string_view::npos) return "binary data, not text";
    return {};
}

}  // namespace tickcast
