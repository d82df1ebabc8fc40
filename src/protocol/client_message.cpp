#include "tickcast/protocol/client_message.hpp"

#include "protocol/flat_json.hpp"
#include "protocol/json_members.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace tickcast {

namespace {

using Op = ClientMessage::Op;

struct OpFacts {
    std::string_view name;
    Op op;
    std::string_view member;  ///< its one member beside `op`
    bool required;
};
constexpr std::array kOps{OpFacts{"subscribe", Op::subscribe, "tickers", true},
                          OpFacts{"unsubscribe", Op::unsubscribe, "tickers", true},
                          OpFacts{"throttle", Op::throttle, "ms", true},
                          OpFacts{"ping", Op::ping, "id", false}};

OpFacts const* find_op(std::string_view name) noexcept {
    for (auto const& facts : kOps) {
        if (facts.name == name) return &facts;
    }
    return nullptr;
}

Error invalid_id() {
    return invalid_type("id must be an integer of 64 bits or a string of at most " +
                        std::to_string(kMaxPingIdBytes) + " bytes");
}

/// The id as JSON text.
Result<std::string> read_id(FlatMember const& member) {
    if (!member.integer_text.empty() && member.integer_text.size() <= kMaxPingIdBytes) {
        return member.integer_text;  // as the client wrote it
    }
    if (!member.integer_text.empty()) return invalid_id();
    if (auto const* const number = std::get_if<std::uint64_t>(&member.value)) {
        return std::to_string(*number);
    }
    if (auto const* const number = std::get_if<std::int64_t>(&member.value)) {
        return std::to_string(*number);
    }
    auto const* const text = std::get_if<std::string>(&member.value);
    if (text == nullptr || text->size() > kMaxPingIdBytes) {
        return invalid_id();
    }
    return nlohmann::json(*text).dump();
}

Result<void> read_member(FlatMember& member, ClientMessage& into) {
    switch (into.op) {
        case Op::subscribe:
        case Op::unsubscribe:
            return keep(read_strings(member), into.tickers);
        case Op::throttle:
            return keep(read_throttle(member), into.throttle_ms);
        case Op::ping:
            return keep(read_id(member), into.id_json);
    }
    return {};
}

/// Reads the members, once the operation is known.
Result<void> read_members(FlatObject& object, OpFacts const& facts, ClientMessage& into) {
    bool had = false;
    for (auto& member : object.members) {
        if (member.name == "op") continue;
        if (member.name != facts.member) return unknown_member(member);
        had = true;
        if (auto taken = read_member(member, into); !taken) return taken;
    }
    if (facts.required && !had) {
        return invalid_type(std::string{facts.name} + " needs the member " +
                            std::string{facts.member});
    }
    return {};
}

}  // namespace

Result<ClientMessage, ClientMessageError> parse_client_message(std::string_view text) {
    auto object = read_flat_object(text);
    auto const* const op = object.find("op");
    auto const* const op_text = op == nullptr ? nullptr : std::get_if<std::string>(&op->value);
    std::string const op_name{op_text == nullptr ? "" : cut_utf8(*op_text, kMaxEchoedBytes)};
    auto const wrong = [&op_name](Error error) {
        return ClientMessageError{.error = std::move(error), .op_name = op_name};
    };

    if (object.broken) return wrong(*std::move(object.broken));
    if (!object.is_object) return wrong(invalid_type("a message must be an object"));
    if (op_text == nullptr) return wrong(invalid_type("op must be there, and a string"));
    auto const* const facts = find_op(*op_text);
    if (facts == nullptr) {
        return wrong(Error{.code = ErrorCode::unknown_op,
                           .detail = "op is subscribe, unsubscribe, throttle or ping"});
    }
    ClientMessage message{.op = facts->op, .op_name = op_name};
    auto taken = read_members(object, *facts, message);
    if (!taken) return wrong(std::move(taken.error()));
    return message;
}

}  // namespace tickcast
