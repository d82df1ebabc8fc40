#include "tickcast/metrics/labels.hpp"

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
    EXPECT_THAT(names<Route>(kRoutes),
                ElementsAre("/v1/sessions", "/v1/sessions/{id}", "/v1/tickers", "/v1/quotes",
                            "/v1/stream/{id}", "/v1/ticks", "/metrics", "/livez", "/healthz",
                            "/readyz", "static", "unknown"));
    EXPECT_THAT(names<Method>(kMethods),
                ElementsAre("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "other"));
    EXPECT_THAT(names<FeedKind>(kFeedKinds), ElementsAre("sim", "replay", "push"));
    EXPECT_THAT(names<RejectReason>(kRejectReasons),
                ElementsAre("syntax", "ticker", "range", "limit"));
    EXPECT_THAT(
        names<Limit>(kLimits),
        ElementsAre("max-tickers-per-session", "max-sessions", "max-connections",
                    "max-sessions-per-address", "max-connections-per-address",
                    "max-requests-per-second-per-address", "max-known-tickers", "max-body-bytes",
                    "max-header-bytes", "max-message-bytes", "max-messages-per-second",
                    "push-body-max", "max-session-age-seconds", "request-timeout-seconds",
                    "slow-client-seconds", "peer-timeout-seconds"));
}

}  // namespace
}  // namespace tickcast
