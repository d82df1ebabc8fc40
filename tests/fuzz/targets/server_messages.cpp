// What the load generator reads of a server: frames, the JSON in them, the heads of answers, the
// text of metrics.
#include "client/frame_parser.hpp"
#include "client/http_client.hpp"
#include "client/metrics_text.hpp"
#include "client/tick_scan.hpp"
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/pieces.hpp"
#include "tickcast/base/utf8.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace tickcast::fuzz {

namespace {

using namespace client;

/// What comes out of the parser, one message per line, and how it ends.
std::string messages_of(std::string_view input, Cut cut) {
    FrameParser parser;
    std::string text;
    for_each_piece(input, cut, [&](std::string_view piece) {
        parser.feed(piece);
        while (auto const message = parser.next()) {
            require(message->opcode != Opcode::text || is_utf8(message->payload),
                    "a text is UTF-8");
            require(message->opcode < Opcode::close || message->payload.size() <= 125,
                    "a control frame is short");
            text += std::to_string(static_cast<int>(message->opcode)) + ' ';
            text.append(message->payload) += '\n';
        }
        parser.settle();
        return parser.violation().empty();
    });
    return text + parser.violation();
}

bool lies_within(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_ticks(std::string_view json, std::string_view array) {
    for_each_tick(json, array, [&](TickView const& tick) {
        require(lies_within(tick.text, json) && lies_within(tick.ticker, tick.text),
                "a tick is a part of its frame");
        require(tick.n > 0 && tick.t > 0, "a tick has its numbers");
        auto const members = members_of(tick.text);
        bool const twice = tick.text.find("\"s\":") != tick.text.rfind("\"s\":");
        require(members.contains("s") &&
                    (twice || members.at("s") == '"' + std::string{tick.ticker} + '"'),
                "a tick has its ticker");
        require(members.contains("n"), "a tick has its number");
    });
}

void check_text(std::string_view json) {
    for (std::string_view const name : {"type", "session_id", "epoch"})
        require(lies_within(string_member(json, name), json), "a member is a part of its text");
    check_ticks(json, kTicksArray);
    check_ticks(json, kQuotesArray);
    for_each_string(json, kTickersArray, [&](std::string_view name) {
        require(lies_within(name, json) && name.find('"') == name.npos, "a name is a string");
        return true;
    });
    members_of(json);
    whole_number(json);
}

void check_answer(std::string_view head) {
    try {
        auto const reply = parse_reply_head(head);
        require(head.starts_with("HTTP/1.1 "), "an answer is one of HTTP/1.1");
        require(reply.status < 1000, "a status has three digits");
        for (auto const& [name, value] : reply.headers)
            require(name.find(':') == name.npos, "a field's name ends at its colon");
        auto const size = content_length(reply);
        require(size.has_value() == reply.headers.contains("content-length"),
                "an answer has the size that it names");
    } catch (std::runtime_error const&) {  // how the client says that it is none
    }
}

void check_metrics(std::string_view text) {
    try {
        Metrics const metrics{text};
        metrics.family("tickcast_sessions");
    } catch (std::exception const&) {  // how the client says that they are none
    }
}

}  // namespace

void run(std::string_view input) {
    auto const whole = messages_of(input, Cut::whole);
    for (auto const cut : kCuts)
        require_same(messages_of(input, cut), whole, "any cut gives the same messages");
    require(valid_utf8(input) == is_utf8(input), "both sides know UTF-8 alike");
    check_text(input);
    check_answer(input);
    check_metrics(input);
}

}  // namespace tickcast::fuzz
