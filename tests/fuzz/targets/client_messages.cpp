// A message of a stream's client, beside nlohmann's tree of the same text, and its answer.
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/json_reference.hpp"
#include "tickcast/base/utf8.hpp"
#include "tickcast/protocol/client_message.hpp"
#include "tickcast/protocol/session_body.hpp"
#include "tickcast/protocol/stream_messages.hpp"

namespace tickcast::fuzz {

namespace {

using Json = nlohmann::json;

/// Each answer is one line of JSON in UTF-8: so it can be a frame of text, and an event.
Json answer_of(std::string const& text) {
    require(is_utf8(text), "an answer is UTF-8");
    require(text.find_first_of("\r\n") == text.npos, "an answer is one line");
    auto tree = tree_of(text);
    require(tree && tree->is_object(), "an answer is a JSON object");
    return *std::move(tree);
}

void check_error(ClientMessageError const& fault, std::string_view text) {
    auto const answer = answer_of(error_json(fault.op_name, fault.error));
    require(answer.at("code") == name(fault.error.code), "an answer has the fault's code");
    require(fault.op_name.size() <= 64 && fault.error.detail.size() < 256,
            "an answer repeats little of the message");
    if (fault.error.code == ErrorCode::invalid_json) return;
    require(!is_no_json(text), "what is no JSON is invalid_json");
}

void check_pong(ClientMessage const& message, Json const& tree) {
    auto const pong = answer_of(pong_json(message.id_json, 1));
    require(pong.contains("id") == tree.contains("id"), "a pong has an id where its ping has one");
    if (!tree.contains("id")) return;
    auto const& id = tree.at("id");
    auto const size = id.is_string() ? id.get<std::string>().size() : message.id_json.size();
    require(size <= kMaxPingIdBytes, "a pong repeats a short id");
    require(id.is_string() || id.is_number(), "an id is a text or an integer");
    require(pong.at("id") == id, "a pong has its ping's id");
}

void check_message(ClientMessage const& message, Json const& tree) {
    require(tree.is_object() && tree.at("op") == message.op_name, "a message has its operation");
    switch (message.op) {
        case ClientMessage::Op::subscribe:
        case ClientMessage::Op::unsubscribe:
            require(tree.contains("tickers"), "tickers are there");
            require(strings_of(tree, "tickers") == message.tickers, "the tickers are the client's");
            require(tree.size() == 2, "there is no other member");
            return;
        case ClientMessage::Op::throttle:
            require(tree.at("ms").is_number() &&
                        tree.at("ms").get<double>() == static_cast<double>(message.throttle_ms),
                    "the throttle is the client's");
            require(message.throttle_ms <= kMaxThrottleMs, "a throttle is within its range");
            require(tree.size() == 2, "there is no other member");
            return;
        case ClientMessage::Op::ping:
            require(tree.size() <= 2, "there is no other member");
            return check_pong(message, tree);
    }
}

}  // namespace

void run(std::string_view input) {
    auto const message = parse_client_message(input);
    if (!message) return check_error(message.error(), input);
    auto const tree = tree_of(input);
    require(tree.has_value(), "an accepted message is JSON");
    check_message(*message, *tree);
}

}  // namespace tickcast::fuzz
