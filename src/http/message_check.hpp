// What Beast's parser lets through and RFC 9112 does not. Pure functions.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/protocol/error.hpp"

#include <optional>
#include <string_view>

namespace tickcast {

/// A line that begins with white space (RFC 9112 section 5.2) in a header's raw bytes, of which
/// more may follow; what is behind the empty line does not count.
bool has_folded_line(std::string_view raw) noexcept;

/// `bad_request` for a header whose message could be read in two ways (RFC 9112 sections 3.2
/// and 6.1): without Host, with two or one that is no host, with a target of none of the forms, or
/// with a Transfer-Encoding other than one `chunked`.
std::optional<Error> check_message(HttpHeader const& header);

}  // namespace tickcast
