#include "tickcast/protocol/feed_state.hpp"
#include "tickcast/protocol/http_status.hpp"
#include "tickcast/protocol/limit.hpp"
#include "tickcast/protocol/method.hpp"
#include "tickcast/protocol/session_state.hpp"
#include "tickcast/protocol/stream_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickcast {
namespace {

using testing::ElementsAre;

template <class Label>
std::vector<std::string> names(std::size_t count) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i)
        out.emplace_back(name(static_cast<Label>(i)));
    return out;
}

// contract: MET-3 MET-23 MET-37
TEST(Labels, Names_OfEachSet_AreTheContracts) {
    EXPECT_THAT(names<Method>(kMethods),
                ElementsAre("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "other"));
    EXPECT_THAT(
        names<Limit>(kLimits),
        ElementsAre("max-tickers-per-session", "max-sessions", "max-connections",
                    "max-sessions-per-address", "max-connections-per-address",
                    "max-requests-per-second-per-address", "max-known-tickers", "max-body-bytes",
                    "max-header-bytes", "max-message-bytes", "max-messages-per-second",
                    "push-body-max", "max-session-age-seconds", "request-timeout-seconds",
                    "slow-client-seconds", "peer-timeout-seconds"));
    EXPECT_THAT(names<Transport>(kTransports), ElementsAre("websocket", "sse"));
    EXPECT_THAT(names<FeedState>(kFeedStateTable.size()), ElementsAre("live", "stale"));
    EXPECT_THAT(names<SessionState>(kSessionStates),
                ElementsAre("pending", "streaming", "detached"));
    EXPECT_THAT(names<SessionEnd>(kSessionEnds),
                ElementsAre("deleted", "expired_pending", "expired_detached", "too_old", "policy"));
}

TEST(HttpStatuses, AreThoseOfTheContractOnceEachInOrder) {
    EXPECT_THAT(kHttpStatuses,
                ElementsAre(101, 200, 201, 202, 204, 304, 308, 400, 401, 403, 404, 405, 408, 412,
                            413, 415, 422, 426, 429, 431, 500, 503, 505));
}

}  // namespace
}  // namespace tickcast
