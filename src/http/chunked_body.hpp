// Decodes a chunked body as its bytes come in (RFC 9112 section 7.1). Beast's parser would merge
// the trailer's fields into the header and obey them; ChunkedBody checks the fields and drops them
// (CONTRACT REQ-6..8). Owner: the RequestReader, on its connection's thread. Bounds: Limits. The
// caller keeps the begin of an unfinished line, which is at most as long as the line's limit.
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
        /// The line with a chunk's size and extensions; also the extensions of all chunks together
        /// (RFC 9112 section 7.1.1).
        std::size_t line;
        std::size_t trailer;  ///< all lines of the trailer, without the empty line at its end
    };
    enum class State : std::uint8_t {
        unfinished,
        done,
        malformed,
        too_large,      ///< the body with the next chunk would be over its limit
        line_too_long,  ///< the line with a chunk's size, or all extensions together
        trailer_too_long,
    };

    explicit ChunkedBody(Limits limits) noexcept : limits_(limits) {}

    /// Takes as many bytes as it can from the front of `bytes`, and appends the bytes of the body
    /// to `body`. Returns how many bytes it took. The caller gives the rest again, with more bytes
    /// after it, unless `state` is final.
    std::size_t decode(std::string_view bytes, std::string& body);
    State state() const noexcept { return state_; }

private:
    enum class Part : std::uint8_t { head, data, data_end, trailer };

    /// Each function takes one piece from the front of `rest`. False where it needs more bytes and
    /// takes nothing, and where the state has become final.
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
    Part part_{Part::head};
    std::size_t left_{0};        ///< bytes of the chunk that are still to come
    std::size_t extensions_{0};  ///< bytes of all extensions so far
    std::size_t trailer_{0};     ///< bytes of the trailer so far
};

}  // namespace tickcast
