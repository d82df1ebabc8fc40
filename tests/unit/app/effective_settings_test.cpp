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
    // 64 and 8 a thread are kept: 80 of two threads.
    EXPECT_EQ(connections_within(1000, 1079, 2), 999U);
    EXPECT_EQ(connections_within(1000, 1080, 2), 1000U);
    EXPECT_EQ(connections_within(1000, 1081, 2), 1000U);
    EXPECT_EQ(connections_within(1000, 1080, 3), 992U);
    EXPECT_EQ(connections_within(1000, std::numeric_limits<std::size_t>::max(), 2), 1000U);
}

TEST(EffectiveSettings, ConnectionsWithin_WhenHardlyAnyDescriptors_LeavesOne) {
    EXPECT_EQ(connections_within(1000, 0, 2), 1U);
    EXPECT_EQ(connections_within(1000, 80, 2), 1U);
    EXPECT_EQ(connections_within(1000, 81, 2), 1U);
    EXPECT_EQ(connections_within(1000, 82, 2), 2U);
}

TEST(EffectiveSettings, EffectiveSettings_FillsInThreadsAndCutsConnections) {
    Settings settings;
    settings.max_connections = 5000;
    EXPECT_GE(effective_settings(settings, 20'000).threads, 1U);
    settings.threads = 2;
    auto const cut = effective_settings(settings, 1080);
    EXPECT_EQ(cut.threads, 2U);
    EXPECT_EQ(cut.max_connections, 1000U);
    EXPECT_EQ(effective_settings(settings, 5080).max_connections, 5000U);
}

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

TEST(EffectiveSettings, LogSettings_WarnsOfACutOnlyWhenThereIsOne) {
    Settings settings;
    settings.listen = "127.0.0.1:0";
    settings.threads = 2;
    settings.max_connections = 1000;
    EXPECT_THAT(logged(settings, 1080), Not(HasSubstr("warn")));
    EXPECT_THAT(logged(settings, 1079),
                HasSubstr("warn app: event=max_connections_capped wanted=1000 effective=999 "
                          "descriptors=1079 needed=1080"));
    EXPECT_THAT(logged(settings, 1079), HasSubstr(" max-connections=999 "));
}

}  // namespace
}  // namespace tickcast
