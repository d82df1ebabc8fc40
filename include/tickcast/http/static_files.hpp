// The web page's files in memory, ready to be sent: what --web-root had when the process started.
// Filled at start, then read-only, on any thread; outlives every connection, so that answers send
// from it and copy nothing. Bounds: PageLimits (app/page.hpp), and as much again for gzip.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tickcast {

/// A body as it goes out, and the entity-tag of just these bytes (RFC 9110 section 8.8.3).
struct Representation {
    std::string body{};
    std::string etag{};  ///< strong, with its quotes
};

struct StaticFile {
    std::string content_type{};
    Representation identity{};
    std::optional<Representation> gzip{};  ///< where it is smaller
};

/// What a path leads to: a file, a redirect, or neither.
struct StaticTarget {
    StaticFile const* file{nullptr};
    std::string const* location{nullptr};  ///< of a folder asked for without its last '/'

    explicit operator bool() const noexcept { return file != nullptr || location != nullptr; }
};

class StaticFiles {
public:
    /// `path`: relative, as "docs/index.html"; of bytes that may be any but NUL. An index.html
    /// answers for its folder too.
    void add(std::string const& path, std::string body);

    /// By a request's path, with its percent-encoding. A '/' that is encoded is none, and `.` and
    /// `..` are names that no file has.
    StaticTarget find(std::string_view path) const;

    std::size_t size() const noexcept { return files_.size(); }
    /// Bytes of all bodies, those of gzip included.
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

    std::deque<StaticFile> files_;  ///< which stay where they are
    ByPath<StaticFile const*> by_path_;
    ByPath<std::string> locations_;
    std::size_t bytes_{0};
};

/// By the name's suffix, in either case; a name without one is text (LICENSE), what has an unknown
/// one is just bytes.
std::string_view content_type_of(std::string_view name);

}  // namespace tickcast
