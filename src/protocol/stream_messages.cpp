#include "tickcast/protocol/stream_messages.hpp"

#include <nlohmann/json.hpp>

#include <variant>

namespace tickcast {

namespace {

nlohmann::ordered_json begin_message(MessageType type) {
    return {{"type", name(type)}};
}

}  // namespace

std::string pong_json(std::string_view id_json, std::int64_t now_us) {
    std::string text{R"({"type":"pong",)"};
    if (!id_json.empty()) text.append("\"id\":").append(id_json) += ',';
    return text + "\"t\":" + std::to_string(now_us) + '}';
}

std::string error_json(std::string_view op, Error const& error) {
    auto message = begin_message(MessageType::error);
    if (!op.empty()) message["op"] = op;
    message["code"] = name(error.code);
    message["detail"] = error.detail;
    if (!error.tickers.empty()) message["tickers"] = error.tickers;
    if (error.limit) message["limit"] = *error.limit;
    // Text that a client sent might not be UTF-8; it must not break our JSON.
    return message.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string goodbye_json(Goodbye const& goodbye, std::optional<LimitFigure> figure,
                         std::optional<std::uint32_t> reconnect_in_ms) {
    auto message = begin_message(MessageType::goodbye);
    message["code"] = goodbye.reason;
    message["detail"] = goodbye.detail;
    if (figure) std::visit([&](auto value) { message["limit"] = value; }, *figure);
    if (reconnect_in_ms) message["reconnect_in_ms"] = *reconnect_in_ms;
    return message.dump();
}

}  // namespace tickcast
