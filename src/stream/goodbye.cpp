#include "stream/goodbye.hpp"

#include <nlohmann/json.hpp>

namespace tickcast {

bool comes_back(CloseCode code) noexcept {
    return code == CloseCode::going_away || code == CloseCode::too_old ||
           code == CloseCode::too_slow;
}

std::optional<std::string> goodbye_json(CloseCode code, Transport transport,
                                        Settings const& settings, std::uint32_t reconnect_in_ms) {
    nlohmann::ordered_json message{{"type", "goodbye"}};
    auto const say = [&message](char const* why, char const* detail) {
        message["code"] = why;
        message["detail"] = detail;
    };
    switch (code) {
        case CloseCode::going_away:
            say("draining", "this server is about to stop");
            break;
        case CloseCode::policy:
            if (transport == Transport::sse) {
                say("flooding", "more bytes behind the request than max-message-bytes");
                message["limit"] = settings.max_message_bytes;
            } else {
                say("flooding", "more messages a second than max-messages-per-second");
                message["limit"] = settings.max_messages_per_second;
            }
            break;
        case CloseCode::deleted:
            say("deleted", "the session was deleted");
            break;
        case CloseCode::taken_over:
            say("taken_over", "another connection streams this session now");
            break;
        case CloseCode::too_old:
            say("too_old", "the session is older than max-session-age-seconds: make a new one");
            message["limit"] = settings.max_session_age_seconds;
            break;
        case CloseCode::too_slow:
            say("too_slow", "something waited and no byte was taken for slow-client-seconds");
            message["limit"] = settings.slow_client_seconds;
            break;
        default:
            return std::nullopt;
    }
    if (comes_back(code)) message["reconnect_in_ms"] = reconnect_in_ms;
    return message.dump();
}

}  // namespace tickcast
