#include "http/message_check.hpp"

#include "http/uri_host.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/target.hpp"

namespace tickcast {

namespace {

bool is_right_target(HttpHeader const& header) {
    auto const target = to_std(header.target());
    if (target == kServerAsAWhole) return header.method() == http::verb::options;
    if (header.method() == http::verb::connect) return is_authority_target(target);
    return is_plain_target(target);
}

}  // namespace

bool has_folded_line(std::string_view raw) noexcept {
    // The parser has taken all fields, and what follows the empty line is no header.
    if (raw.starts_with('\r')) return false;
    for (auto end = raw.find('\n'); end != std::string_view::npos; end = raw.find('\n', end + 1)) {
        auto const next = raw.substr(end + 1, 2);
        if (next.starts_with('\r')) return false;
        if (next.starts_with(' ') || next.starts_with('\t')) return true;
    }
    return false;
}

std::optional<Error> check_message(HttpHeader const& header) {
    auto const refuse = [](char const* detail) {
        return Error{.code = ErrorCode::bad_request, .detail = detail};
    };
    auto const hosts = count_fields(header, http::field::host);
    if (hosts > 1) return refuse("more than one Host");
    if (hosts == 0 && header.version() >= 11) return refuse("no Host");

    if (hosts == 1 && !is_host_and_port(to_std(header[http::field::host]))) {
        return refuse("Host is no host with or without a port");
    }
    if (!is_right_target(header)) return refuse("the target has none of its right forms");

    auto const encodings = count_fields(header, http::field::transfer_encoding);
    if (encodings == 0) return std::nullopt;
    if (header.version() < 11) return refuse("Transfer-Encoding in HTTP/1.0");
    if (encodings > 1 ||
        !equal_ignoring_case(to_std(header[http::field::transfer_encoding]), "chunked")) {
        return refuse("a Transfer-Encoding other than chunked");
    }
    return std::nullopt;
}

}  // namespace tickcast
