#include "tickcast/stream/stream_log.hpp"

#include "tickcast/base/logging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

namespace tickcast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr SteadyTime kBegin{std::chrono::hours{1}};

std::string logged(std::string const& level, std::function<void(StreamLog&)> const& what) {
    testing::internal::CaptureStderr();
    start_logging(level);
    StreamLog log;
    what(log);
    stop_logging();
    return testing::internal::GetCapturedStderr();
}

auto lines_of(std::string const& text) {
    return std::count(text.begin(), text.end(), '\n');
}

TEST(StreamLog, Ended_WhenOrdinary_IsSeenAtDebugOnly) {
    auto const id = SessionId::generate();
    for (auto const code : {CloseCode::normal, CloseCode::going_away, CloseCode::lost,
                            CloseCode::deleted, CloseCode::taken_over, CloseCode::too_old}) {
        auto const end = [&](StreamLog& log) { log.ended(id, code, kBegin); };
        EXPECT_EQ(logged("info", end), "");
        EXPECT_THAT(logged("debug", end), HasSubstr("debug stream: event=stream_ended session="));
    }
}

TEST(StreamLog, Ended_WhenTheClientsFault_IsInfoAndOursIsError) {
    auto const id = SessionId::generate();
    for (auto const code :
         {CloseCode::protocol_error, CloseCode::unsupported_data, CloseCode::bad_payload,
          CloseCode::policy, CloseCode::too_big, CloseCode::too_slow}) {
        auto const end = [&](StreamLog& log) { log.ended(id, code, kBegin); };
        EXPECT_THAT(logged("info", end), HasSubstr("info stream: event=stream_ended"));
    }
    auto const end = [&](StreamLog& log) { log.ended(id, CloseCode::internal_error, kBegin); };
    EXPECT_THAT(logged("error", end), HasSubstr("error stream: event=stream_ended"));
}

TEST(StreamLog, Lines_NeverHoldAWholeSessionId) {
    auto const id = SessionId::generate();
    auto const text = logged("debug", [&](StreamLog& log) {
        log.opened(id, kBegin);
        log.ended(id, CloseCode::policy, kBegin);
    });
    EXPECT_EQ(lines_of(text), 2);
    EXPECT_THAT(text, HasSubstr("session=" + id.str().substr(0, 6) + " "));
    EXPECT_THAT(text, Not(HasSubstr(id.str())));
}

TEST(StreamLog, Ended_WhenClientsMisbehaveByTheThousand_WritesTenLinesInTenSeconds) {
    auto const id = SessionId::generate();
    auto const text = logged("info", [&](StreamLog& log) {
        for (int i = 0; i < 1000; ++i)
            log.ended(id, CloseCode::too_big, kBegin + std::chrono::milliseconds{i});
        log.ended(id, CloseCode::too_big, kBegin + 10s);
    });
    EXPECT_EQ(lines_of(text), 11);
    EXPECT_THAT(text, HasSubstr("code=1009 left_out=990\n"));
}

TEST(StreamLog, Opened_WhenThousandsCome_WritesAHundredLinesASecond) {
    auto const id = SessionId::generate();
    auto const text = logged("debug", [&](StreamLog& log) {
        for (int i = 0; i < 1000; ++i)
            log.opened(id, kBegin);
    });
    EXPECT_EQ(lines_of(text), 100);
}

}  // namespace
}  // namespace tickcast
