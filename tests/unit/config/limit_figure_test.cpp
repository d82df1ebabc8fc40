#include "tickcast/config/limit_figure.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

TEST(LimitFigure, OfEachLimit_IsItsSettings) {
    Settings settings;
    settings.max_messages_per_second = 7;
    settings.slow_client_seconds = 1.5;
    EXPECT_EQ(figure_of(Limit::max_messages_per_second, settings), LimitFigure{std::uint64_t{7}});
    EXPECT_EQ(figure_of(Limit::slow_client_seconds, settings), LimitFigure{1.5});
    // Aborts for a limit whose name is no setting.
    for (auto const& row : kLimitTable)
        figure_of(row.value, settings);
}

}  // namespace
}  // namespace tickcast
