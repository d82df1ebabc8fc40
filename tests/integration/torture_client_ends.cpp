// How a client of the torture ends a stream.
#include "integration/torture_client.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace tickcast::test {

namespace {

constexpr std::size_t kTooBig = 17 * 1024;
/// Far above `max_messages_per_second` of the tortured server and its burst.
constexpr std::size_t kFlood = 1'500;

}  // namespace

void TortureClient::end() {
    waits_since_ = std::chrono::steady_clock::now();
    switch (below(12)) {
        case 0:
            return end_by_frame(0x81, "\xC3\x28", true, 1007);
        case 1:
            return end_by_frame(0x81, std::string(kTooBig, 'x'), true, 1009);
        case 2:
            return end_by_frame(0x82, "binary", true, 1003);
        case 3:
            return end_by_frame(0x81, "not masked", false, 1002);
        case 4:
            return end_by_frame(0xC1, "reserved bit", true, 1002);
        case 5:
        case 6:
            return end_by_frame(0x88, {"\x03\xE8", 2}, true, 1000);
        case 7:
            return flood();
        case 8:
            return delete_session(false);
        case 9:
            return delete_session(true);
        default:
            return cut(by_chance(2));
    }
}

void TortureClient::end_by_frame(int first_byte, std::string_view payload, bool masked, int code) {
    stream_->send_frame(first_byte, payload, masked);
    close_stream(code);
}

void TortureClient::cut(bool reset) {
    ++totals_.endings[0];
    stream_->hang_up(reset);
    stream_.reset();
}

void TortureClient::close_stream(int code) {
    stream_->expect_close(code);
    check_answers(*stream_);
    stream_.reset();
}

void TortureClient::flood() {
    finish_patch();
    stream_->flood(kFlood);
    close_stream(1008);
    expect_gone();
}

/// In a race, another stream wants the session at the same time.
void TortureClient::delete_session(bool in_a_race) {
    finish_patch();
    if (session_.empty()) return;
    auto next = in_a_race ? new_stream() : Stream{};
    bool const stream_first = by_chance(2);
    if (next && stream_first) next->ask();
    ask("DELETE");
    if (next && !stream_first) next->ask();
    bool const taken_over = next && next->answered() == 101;
    auto const reply = rest_.answer();
    if (has_expired(reply)) return;
    if (reply.status != 204) throw Fault{"DELETE refused: " + reply.body};
    count("delete");
    if (next) count(taken_over ? "delete behind a take-over" : "delete before a take-over");
    if (stream_) close_stream(taken_over ? 4001 : 4000);
    if (taken_over) {
        next->expect_close(4000);
        check_answers(*next);
    }
    expect_gone();
}

}  // namespace tickcast::test
