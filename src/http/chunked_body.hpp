// Takes a chunked body apart as its bytes come in (RFC 9112 section 7.1). Beast's parser would
// merge the trailer's fields into the header and obey them; here they are checked and dropped
// (CONTRACT REQ-6..8).
// Memory: the decoded body; the caller keeps the begin of an unfinished line, a line's limit at
// most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tickcast {

class ChunkedBody {
public:
    /// All in bytes.
    struct Limits {
        std::size_t body;
        std::size_t line;     ///< a chunk's size with its extensions
        std::size_t trailer;  ///< all its lines, without the empty one at its end
    };
    enum class State : std::uint8_t {
        unfinished,
        done,
        malformed,
        too_large,      ///< the body, once the next chunk had come
        line_too_long,  ///< a chunk's head
        trailer_too_long,
    };

    explicit ChunkedBody(Limits limits) noexcept : limits_(limits) {}

    /// Takes as much as it can off the front of `bytes` and appends what is body to `body`; gives
    /// how much that was. The rest is to come again with more behind it, unless `state` is final.
    std::size_t take(std::string_view bytes, std::string& body);
    State state() const noexcept { return state_; }

private:
    enum class Place : std::uint8_t { head, data, data_end, trailer };

    /// Each takes one piece off the front, or leaves it where more is needed; false then, and where
    /// the state has become final.
    bool take_head(std::string_view& rest, std::string const& body);
    bool take_data(std::string_view& rest, std::string& body);
    bool take_data_end(std::string_view& rest);
    bool take_trailer_line(std::string_view& rest);
    bool take_line(std::string_view& rest, std::size_t limit, State too_long,
                   std::string_view& line);
    bool stop(State state) noexcept {
        state_ = state;
        return false;
    }

    Limits const limits_;
    State state_{State::unfinished};
    Place place_{Place::head};
    std::size_t left_{0};     ///< of the chunk
    std::size_t trailer_{0};  ///< bytes of it so far
};

}  // namespace tickcast
