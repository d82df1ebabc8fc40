#include "tickcast/api/origin_policy.hpp"

#include "tickcast/base/logging.hpp"
#include "tickcast/config/setting_error.hpp"
#include "tickcast/http/fields.hpp"

#include <algorithm>
#include <optional>

namespace tickcast {

namespace {

/// The suffix to append to a host without a port, by the scheme (RFC 9110 sections 4.2.1 and
/// 4.2.2).
std::string_view default_port(std::string_view scheme) noexcept {
    if (scheme == "http") return ":80";
    if (scheme == "https") return ":443";
    return {};
}

bool has_port(std::string_view authority) noexcept {
    auto const host_end = authority.find(']');  // end of an IPv6 address, which itself has colons
    return authority.find(':', host_end == std::string_view::npos ? 0 : host_end) !=
           std::string_view::npos;
}

struct Origin {
    std::string scheme{};
    std::string authority{};  ///< host:port, even if the port is the scheme's default
};

std::string with_port(std::string_view authority, std::string_view scheme) {
    auto full = to_lower(authority);
    if (!has_port(full)) full += default_port(scheme);
    return full;
}

std::optional<Origin> parse(std::string_view text) {
    auto const end = text.find("://");
    if (end == std::string_view::npos) return std::nullopt;
    Origin origin{.scheme = to_lower(text.substr(0, end))};
    origin.authority = with_port(text.substr(end + 3), origin.scheme);
    return origin;
}

/// The normal form of an origin: two texts of the same origin have the same one (RFC 6454 section
/// 5).
std::string normal(std::string_view text) {
    auto const origin = parse(text);
    return origin ? origin->scheme + "://" + origin->authority : std::string{text};
}

/// A client's text in quotes; the text can't end the quotes.
std::string shown(std::string_view text) {
    auto line = in_one_line(text);
    std::replace(line.begin(), line.end(), '"', '\'');
    return '"' + line + '"';
}

std::string origin_of(HttpHeader const& header) {
    return shown(to_std(header[http::field::origin]));
}

/// Host has no scheme. A missing port is taken as the default port of the Origin's scheme: a proxy
/// might have ended TLS.
bool is_own(std::string_view origin_text, HttpHeader const& header) {
    auto const origin = parse(origin_text);
    auto const asked = asked_authority(header);
    return origin && asked && with_port(*asked, origin->scheme) == origin->authority;
}

}  // namespace

std::string asked_host(HttpHeader const& header) {
    return shown(asked_authority(header).value_or(std::string_view{}));
}

std::string origin_and_host(HttpHeader const& header) {
    return "Origin " + origin_of(header) + " and Host " + asked_host(header);
}

void log_refused_origin(LogLimiter& limiter, SteadyTime now, std::string_view event,
                        HttpHeader const& header) {
    auto const left_out = limiter.admit(now);
    if (!left_out) return;
    logger("api")->info("event={} origin={} host={} left_out={}", event, origin_of(header),
                        asked_host(header), *left_out);
}

OriginPolicy::OriginPolicy(std::vector<std::string> const& allowed) {
    for (auto const& origin : allowed)
        allowed_.push_back(normal(origin));
}

bool OriginPolicy::admits(HttpHeader const& header) const {
    auto const origins = count_fields(header, http::field::origin);
    if (allowed_.empty() || origins == 0) return true;  // CONTRACT API-26
    auto const origin = to_std(header[http::field::origin]);
    if (origins != 1) return false;
    return std::find(allowed_.begin(), allowed_.end(), normal(origin)) != allowed_.end() ||
           is_own(origin, header);
}

void OriginPolicy::mark(HttpResponse& response, HttpHeader const* header) const {
    response.set(http::field::access_control_expose_headers, "Date, Location, Retry-After");
    if (allowed_.empty()) {
        response.set(http::field::access_control_allow_origin, "*");
        return;
    }
    auto const varies = response[http::field::vary];
    response.set(http::field::vary, varies.empty() ? "Origin" : std::string{varies} + ", Origin");
    if (header == nullptr || header->count(http::field::origin) == 0 || !admits(*header)) return;
    response.set(http::field::access_control_allow_origin, (*header)[http::field::origin]);
}

}  // namespace tickcast
