#include "tickcast/config/limit_figure.hpp"

#include "setting_table.hpp"
#include "tickcast/base/check.hpp"

namespace tickcast {

LimitFigure figure_of(Limit limit, Settings const& settings) {
    auto const at = find_setting(name(limit));
    TICKCAST_CHECK(at.has_value(), "a limit is named as its setting");
    auto const& kind = all_settings()[*at].kind;
    if (auto const* const whole = std::get_if<WholeSetting>(&kind)) {
        return std::uint64_t{settings.*whole->member};
    }
    auto const* const seconds = std::get_if<SecondsSetting>(&kind);
    TICKCAST_CHECK(seconds != nullptr, "a limit is a count, or seconds");
    return settings.*seconds->member;
}

}  // namespace tickcast
