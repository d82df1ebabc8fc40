#include "app/effective_settings.hpp"

#include "tickcast/base/logging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <limits>
#include <string>

namespace tickcast {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EffectiveSettings, ConnectionsWithin_KeepsDescriptorsForTheRest) {
    // Two threads keep 64 + 2 * 8, and a sixteenth, 71, waits for refusals.
    EXPECT_EQ(connections_within(1000, 1150, 2), 999U);
    EXPECT_EQ(connections_within(1000, 1151, 2), 1000U);
    EXPECT_EQ(connections_within(1000, 1152, 2), 1000U);
    EXPECT_EQ(connections_within(1000, 1151, 3), 992U);
    EXPECT_EQ(connections_within(1000, std::numeric_limits<std::size_t>::max(), 2), 1000U);
}

TEST(EffectiveSettings, ConnectionsWithin_WhenHardlyAnyDescriptors_LeavesOne) {
    EXPECT_EQ(connections_within(1000, 0, 2), 1U);
    EXPECT_EQ(connections_within(1000, 80, 2), 1U);
    EXPECT_EQ(connections_within(1000, 86, 2), 1U);
    EXPECT_EQ(connections_within(1000, 87, 2), 2U);
}

TEST(EffectiveSettings, DescriptorsFor_IsTheFewestThatAreEnough) {
    for (std::size_t const wanted : {2U, 15U, 16U, 17U, 1000U, 3760U, 3761U, 5000U, 100000U}) {
        auto const fewest = descriptors_for(wanted, 2);
        EXPECT_EQ(connections_within(wanted, fewest, 2), wanted);
        EXPECT_EQ(connections_within(wanted, fewest - 1, 2), wanted - 1);
    }
}

// contract: RUN-6 RUN-7
TEST(EffectiveSettings, EffectiveSettings_FillsInThreadsAndCutsConnections) {
    Settings settings;
    settings.max_connections = 5000;
    EXPECT_GE(effective_settings(settings, 20'000).threads, 1U);
    settings.threads = 2;
    auto const cut = effective_settings(settings, 1151);
    EXPECT_EQ(cut.threads, 2U);
    EXPECT_EQ(cut.max_connections, 1000U);
    EXPECT_EQ(effective_settings(settings, 5336).max_connections, 5000U);
    EXPECT_EQ(effective_settings(settings, 5335).max_connections, 4999U);
}

// contract: RUN-13
TEST(EffectiveSettings, IsOpenWithoutAddressLimits_WhenAnyLimitOrLoopback_IsNot) {
    Settings settings;
    for (std::string const open : {"0.0.0.0:80", "[::]:80", "192.0.2.1:80"}) {
        settings.listen = open;
        EXPECT_TRUE(is_open_without_address_limits(settings)) << open;
    }
    for (auto* const limit :
         {&settings.max_sessions_per_address, &settings.max_connections_per_address,
          &settings.max_requests_per_second_per_address}) {
        *limit = 1;
        EXPECT_FALSE(is_open_without_address_limits(settings));
        *limit = 0;
    }
    for (std::string const loopback : {"127.0.0.1:80", "[::1]:80"}) {
        settings.listen = loopback;
        EXPECT_FALSE(is_open_without_address_limits(settings)) << loopback;
    }
}

std::string logged(Settings const& wanted, std::size_t descriptors) {
    testing::internal::CaptureStderr();
    log_settings(wanted, effective_settings(wanted, descriptors), descriptors);
    return testing::internal::GetCapturedStderr();
}

// contract: RUN-6
TEST(EffectiveSettings, LogSettings_WarnsOfACutOnlyWhenThereIsOne) {
    Settings settings;
    settings.listen = "127.0.0.1:0";
    settings.threads = 2;
    settings.max_connections = 1000;
    EXPECT_THAT(logged(settings, 1151), Not(HasSubstr("warn")));
    EXPECT_THAT(logged(settings, 1150),
                HasSubstr("warn app: event=max_connections_capped wanted=1000 effective=999 "
                          "descriptors=1150 needed=1151"));
    EXPECT_THAT(logged(settings, 1150), HasSubstr(" max-connections=999 "));
}

}  // namespace
}  // namespace tickcast
