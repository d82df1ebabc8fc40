#include "api/push_routes.hpp"

#include "tickcast/api/origin_policy.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/refusals.hpp"
#include "tickcast/http/response.hpp"

#include <optional>
#include <string>

namespace tickcast {

namespace {

std::optional<PushFormat> push_format(HttpHeader const& header) {
    auto const type = media_type(header);
    if (type == "application/x-ndjson") return PushFormat::ndjson;
    if (type == "application/json") return PushFormat::array;
    return std::nullopt;
}

/// The credentials of `Authorization: Bearer` (RFC 6750 section 2.1); empty if there are none.
std::string_view bearer(HttpHeader const& header) {
    constexpr std::string_view kScheme = "bearer ";
    if (count_fields(header, http::field::authorization) != 1) return {};
    auto const text = to_std(header[http::field::authorization]);
    if (!equal_ignoring_case(text.substr(0, kScheme.size()), kScheme)) return {};
    auto const begin = text.find_first_not_of(' ', kScheme.size());
    return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

/// The time of the comparison reveals only the length of the token.
bool same_secret(std::string_view given, std::string_view secret) noexcept {
    if (given.size() != secret.size()) return false;
    unsigned char volatile difference = 0;  // volatile: the loop must not end early
    for (std::size_t i = 0; i < secret.size(); ++i) {
        difference = static_cast<unsigned char>(difference | (given[i] ^ secret[i]));
    }
    return difference == 0;
}

/// The refusal for a sender that must not push, whatever it sends. A page in a browser can reach a
/// loopback address. Such a page is recognized by its Origin, or, if its host name was changed to a
/// loopback address, by its Host. A request with the right token needs no matching Host.
std::optional<Refusal> refuse_sender(AdminApi::State const& state, HttpHeader const& header) {
    if (header.count(http::field::origin) > 0) {
        return refusal(ErrorCode::origin_not_allowed,
                       "web pages must not push ticks: " + origin_and_host(header));
    }
    if (auto const& token = state.deps.push_token; !token.empty()) {
        if (same_secret(bearer(header), token)) return std::nullopt;
        return refusal(ErrorCode::unauthorized, "send Authorization: Bearer with the token");
    }
    auto const asked = asked_authority(header);
    auto const host = asked ? host_without_port(*asked) : std::nullopt;
    if (host && (is_loopback_host(*host) || *host == state.own_host)) return std::nullopt;
    return refusal(ErrorCode::host_not_allowed,
                   "Host must be localhost, a loopback address or that of --admin-listen, not " +
                       asked_host(header));
}

}  // namespace

Result<Admission, Refusal> admit_ticks(AdminApi::State const& state, HttpHeader const& header,
                                       Routed const&) {
    if (auto refused = refuse_sender(state, header)) return *std::move(refused);
    if (!is_unencoded(header)) return coding_not_supported();
    if (!push_format(header)) {
        return refusal(ErrorCode::unsupported_media_type,
                       "send application/x-ndjson or application/json");
    }
    return Admission{};
}

Awaitable<Outcome> post_ticks(AdminApi::State& state, Call call) {
    auto& push = state.deps.push;
    auto const& body = call.request.body();
    auto const format = push_format(call.request);
    TICKCAST_CHECK(format.has_value(), "admit_ticks comes first");
    Result<std::size_t> accepted{std::size_t{0}};
    if (body.size() > PushFeed::kSmallBody) {
        accepted = co_await push.push_in_slices(body, *format);
    } else {
        accepted = push.push(body, *format);
    }
    if (!accepted) {
        if (accepted.error().code == ErrorCode::too_many_tickers) {
            state.deps.metrics.limit_hit(Limit::max_known_tickers);
        }
        co_return Refusal{accepted.error()};
    }
    co_return Answer{.response = json_response(http::status::accepted,
                                               "{\"accepted\":" + std::to_string(*accepted) + '}')};
}

}  // namespace tickcast
