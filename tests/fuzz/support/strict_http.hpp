// An HTTP/1.x request read as RFC 9112 writes it, in the plainest way: the reference that the
// server's reader is compared with. It knows no limits. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickcast::fuzz {

struct StrictRequest {
    std::string method{};
    std::string target{};
    int minor{1};                                               ///< of the version 1.x
    std::vector<std::pair<std::string, std::string>> fields{};  ///< names in lower case
    std::string body{};
    std::size_t head_size{0};  ///< with the empty line
    std::size_t size{0};       ///< with the body; meaningless where `ended` is false
    bool ended{false};         ///< the whole body is there
};

/// The request that `text` begins with; nothing where its head is malformed or has not ended.
/// Nothing, too, where the body is malformed, or where two readers could see two messages: both
/// Content-Length and Transfer-Encoding, two lengths, a coding other than chunked.
std::optional<StrictRequest> strict_request(std::string_view text);

}  // namespace tickcast::fuzz
