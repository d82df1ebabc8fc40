#include "tickcast/http/refusals.hpp"

#include "tickcast/http/fields.hpp"

#include <string>

namespace tickcast {

namespace {

bool is_json_or_absent(HttpHeader const& header) {
    auto const type = media_type(header);
    return !type || *type == "application/json";
}

Refusal method_not_allowed(MethodSet allowed) {
    auto const list = allowed.list();
    return {{.code = ErrorCode::method_not_allowed, .detail = "this path allows " + list},
            {{http::field::allow, list}}};
}

}  // namespace

Refusal coding_not_supported() {
    return {{.code = ErrorCode::unsupported_media_type,
             .detail = "send the body as it is, without a Content-Encoding"},
            {{http::field::accept_encoding, "identity"}}};
}

Error draining_error() {
    return {.code = ErrorCode::draining, .detail = "this server is about to stop"};
}

std::optional<Refusal> refuse_by_table(HttpHeader const& header, Routed const& routed) {
    if (routed.methods.empty()) {
        return refusal(ErrorCode::no_such_route, "this listener has no such path");
    }
    bool const options =
        header.method() == http::verb::options && routed.methods.contains(Method::options);
    if (routed.row == Routed::kNoRow && !options) return method_not_allowed(routed.methods);
    return std::nullopt;
}

std::optional<Refusal> refuse_by_facts(HttpHeader const& header, RouteFacts const& facts,
                                       bool draining) {
    if (facts.new_work && draining) return draining_error();  // CONTRACT SIG-2
    if (!facts.json_body) return std::nullopt;
    if (!is_unencoded(header)) return coding_not_supported();
    if (!is_json_or_absent(header)) {
        return refusal(ErrorCode::unsupported_media_type, "send application/json");
    }
    return std::nullopt;
}

void count_limit(ErrorCode code, Routed const& routed, ShardMetrics& metrics) noexcept {
    auto const limit = code == ErrorCode::body_too_large ? routed.facts.body.limit
                                                         : facts(code).effects.limit_of_reading;
    if (limit) metrics.limit_hit(*limit);
}

}  // namespace tickcast
