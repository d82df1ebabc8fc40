#include "kubernetes.hpp"

#include "tickcast/base/text.hpp"

#include <algorithm>
#include <array>

namespace tickcast {
namespace {

bool is_number(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// Whether the text is a name as the kubelet writes it: upper case, `_` for `-`.
bool is_name(std::string_view text) noexcept {
    auto const fits = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && text.front() != '_' && text.back() != '_' &&
           std::all_of(text.begin(), text.end(), fits);
}

/// `tcp://10.0.0.1:8080`. A bare number would be an operator's attempt at a setting.
bool is_url_of_port(std::string_view value) noexcept {
    constexpr std::array<std::string_view, 3> kSchemes{"tcp://", "udp://", "sctp://"};
    auto const scheme = std::find_if(kSchemes.begin(), kSchemes.end(), [&](std::string_view each) {
        return value.starts_with(each);
    });
    if (scheme == kSchemes.end()) return false;
    auto const colon = value.rfind(':');
    return colon > scheme->size() && is_number(value.substr(colon + 1));
}

/// The part after `…_PORT_`: `8080_TCP`, or the same with `_PROTO`, `_PORT` or `_ADDR`.
bool is_of_one_port(std::string_view text) noexcept {
    auto const line = text.find('_');
    if (line == std::string_view::npos || !is_number(text.substr(0, line))) return false;
    text.remove_prefix(line + 1);
    for (std::string_view const protocol : {"TCP", "UDP", "SCTP"}) {
        if (!text.starts_with(protocol)) continue;
        auto const end = text.substr(protocol.size());
        if (end.empty() || end == "_PROTO" || end == "_PORT" || end == "_ADDR") return true;
    }
    return false;
}

/// The part after the name of the Service and `_`.
bool is_of_service(std::string_view text, std::string_view value) noexcept {
    constexpr std::string_view kNamedPort = "SERVICE_PORT_";
    constexpr std::string_view kOnePort = "PORT_";
    if (text == "SERVICE_HOST" || text == "SERVICE_PORT") return true;
    if (text == "PORT") return is_url_of_port(value);
    if (text.starts_with(kNamedPort)) return is_name(text.substr(kNamedPort.size()));
    return text.starts_with(kOnePort) && is_of_one_port(text.substr(kOnePort.size()));
}

}  // namespace

bool is_of_kubernetes(std::string_view name, std::string_view value) noexcept {
    constexpr std::string_view kOurs = "TICKCAST_";
    if (!name.starts_with(kOurs)) return false;
    // The end of the Service's name is not marked: tickcast, tickcast-web, tickcast-web-2 …
    for (auto end = kOurs.size(); end != 0; end = name.find('_', end) + 1) {
        if (is_of_service(name.substr(end), value)) return true;
    }
    return false;
}

}  // namespace tickcast
