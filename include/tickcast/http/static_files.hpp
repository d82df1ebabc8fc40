// The web page's files in memory, ready to be sent: the files that --web-root had when the process
// started. Owner: the Application; filled at start, then read-only, on any thread. It outlives
// every connection, so that answers send its bytes without a copy. Bounds: PageLimits
// (app/page.hpp), and at most the same again for gzip.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tickcast {

/// A body as it is sent, and the entity-tag of exactly these bytes (RFC 9110 section 8.8.3).
struct Representation {
    std::string body{};
    std::string etag{};  ///< strong, with its quotes
};

struct StaticFile {
    std::string content_type{};
    Representation identity{};
    std::optional<Representation> gzip{};  ///< only where gzip makes the body smaller
};

/// What a path leads to: a file, a redirect, or neither.
struct StaticTarget {
    StaticFile const* file{nullptr};
    std::string const* location{nullptr};  ///< for a folder whose last '/' is missing

    explicit operator bool() const noexcept { return file != nullptr || location != nullptr; }
};

class StaticFiles {
public:
    /// `path`: relative, for example "docs/index.html"; it can have any byte but NUL. An index.html
    /// also answers for its folder.
    void add(std::string const& path, std::string body);

    /// Looks up a request's path, with its percent-encoding. An encoded '/' separates nothing, and
    /// no file has the name `.` or `..`.
    StaticTarget find(std::string_view path) const;

    std::size_t size() const noexcept { return files_.size(); }
    /// The size of all bodies together in bytes, gzip bodies included.
    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    template <class Value>
    using ByPath = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

    StaticTarget find_decoded(std::string_view path) const;

    std::deque<StaticFile> files_;  ///< a deque: `by_path_` points to its elements
    ByPath<StaticFile const*> by_path_;
    ByPath<std::string> locations_;
    std::size_t bytes_{0};
};

/// The media type for the name's suffix, in either case. A name without a suffix is text (LICENSE);
/// a file with an unknown suffix is plain bytes.
std::string_view content_type_of(std::string_view name);

}  // namespace tickcast
