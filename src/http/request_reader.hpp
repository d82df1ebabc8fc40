// Reads requests from a connection's bytes, one after the other: the header, then the body. It does
// no I/O: the connection reads into it and asks how far the request is. Its errors are the messages
// that RFC 9112 and the limits refuse. Owner: the HttpConnection, on its thread. Bounds:
// --max-header-bytes, the body limit given for each request, and the bytes of one read after the
// request.
#pragma once

#include "http/chunked_body.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/http/http_types.hpp"
#include "tickcast/protocol/error.hpp"
#include "tickcast/runtime/executor.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tickcast {

class RequestReader {
public:
    enum class Progress : std::uint8_t {
        unfinished,  ///< more bytes are needed
        done,
    };

    explicit RequestReader(std::size_t max_header_bytes) noexcept
        : max_header_bytes_(max_header_bytes) {}

    /// `prepare` gives room for a read of so many bytes; `commit` says how many bytes the read got.
    asio::mutable_buffer prepare(std::size_t size) { return buffer_.prepare(size); }
    void commit(std::size_t size) noexcept { buffer_.commit(size); }
    /// The bytes that no request has taken yet.
    std::string_view unread() const noexcept;

    /// Whether a byte of the next request is there. Empty lines before the request do not count:
    /// some clients send an empty line after a body (RFC 9112 section 2.2). A bare CR counts, and
    /// the request is then malformed.
    bool has_next() noexcept;
    /// Starts the next request, and drops the one before.
    void begin();
    /// Errors: bad_request, headers_too_large, http_version_not_supported. Once the header is done,
    /// the unreserved characters of the target are decoded.
    Result<Progress> read_header();
    /// Sets the limit of the body, once the header has been read. Error: body_too_large if the
    /// header announces a larger body.
    Result<Progress> begin_body(std::size_t most_bytes);
    /// Errors: bad_request, body_too_large, headers_too_large (of chunks and trailer).
    Result<Progress> read_body();

    /// The request under way, as far as it has been read.
    HttpRequest const& request() const noexcept { return parser_->get(); }
    /// Its header; null where not even the request line could be read.
    HttpHeader const* header() const noexcept;
    /// The method; HEAD also where the request line was refused: no answer to HEAD has a body.
    http::verb method() const noexcept;
    /// Whether the header announces a body that is not empty.
    bool has_body() const;
    /// Whether the client waits for `100 Continue` before it sends its body.
    bool expects_continue() const;
    /// Whether the client keeps the connection (RFC 9112 section 9.3). Beast would obey
    /// Proxy-Connection too, and in HTTP/1.0 prefer `keep-alive` to `close`.
    bool keep_alive() const;
    HttpRequest release() { return parser_->release(); }

    /// Frees the memory that an idle connection need not keep.
    void shrink();
    /// Frees the request, which can be large, and all bytes.
    void discard();

private:
    Result<Progress> check_header();
    Result<Progress> check_chunks(ChunkedBody::State state) const;
    Result<Progress> read_sized_body();
    bool accept_later_minor();
    void begin_message();
    Error parse_error(SystemError error) const;

    std::size_t const max_header_bytes_;
    boost::beast::flat_buffer buffer_;  ///< one for all requests: pipelined ones wait in it
    std::optional<http::request_parser<http::string_body>> parser_;
    std::size_t header_bytes_{0};
    std::optional<ChunkedBody> chunks_;
    std::size_t body_limit_{0};
};

}  // namespace tickcast
