// Takes requests off a connection's bytes, one behind the other: the header, then the body. It does
// no I/O: the connection reads into it and asks how far the request is. Errors are what RFC 9112
// and the limits refuse. Bounds: --max-header-bytes, the body limit given for each request, and a
// read's size of bytes behind the request.
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

    /// Room for a read of so many bytes, and how many of them came.
    asio::mutable_buffer prepare(std::size_t size) { return buffer_.prepare(size); }
    void commit(std::size_t size) noexcept { buffer_.commit(size); }
    /// What no request has taken yet.
    std::string_view unread() const noexcept;

    /// Whether a byte of the next request is there. Empty lines before it do not count: some
    /// clients send one after a body (RFC 9112 section 2.2).
    bool has_next() noexcept;
    /// Starts the next request: the one before is gone.
    void begin();
    /// Errors: bad_request, headers_too_large, http_version_not_supported. When it is done the
    /// target has its unreserved characters decoded.
    Result<Progress> read_header();
    /// What the body may be, once the header has been read; body_too_large where it says already
    /// that it is more.
    Result<Progress> begin_body(std::size_t most_bytes);
    /// Errors: bad_request, body_too_large, headers_too_large (of chunks and trailer).
    Result<Progress> read_body();

    /// The request under way, as far as it has been read.
    HttpRequest const& request() const noexcept { return parser_->get(); }
    /// Its header; null where not even the request line could be read.
    HttpHeader const* header() const noexcept;
    /// Whether a body was announced that is not empty.
    bool has_body() const;
    /// Whether the client waits for `100 Continue` before it sends its body.
    bool expects_continue() const;
    bool keep_alive() const { return parser_->keep_alive(); }
    HttpRequest release() { return parser_->release(); }

    /// Gives back what an idle connection need not keep.
    void shrink();
    /// Forgets the request, which may be large, and all bytes.
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
