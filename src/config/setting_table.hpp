// All settings in one table: what a name means, its unit, its range and where its value goes.
// Flags,
// --help and errors are made from it. Read-only and static; used at start-up alone.
#pragma once

#include "tickcast/config/load.hpp"
#include "tickcast/config/settings.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tickcast {

struct AddressSetting {
    std::string Settings::*member;
};
struct ChoiceSetting {
    std::string Settings::*member;
    std::span<std::string_view const> choices;
};
/// Repeatable; the values given replace the default.
struct TextsSetting {
    std::vector<std::string> Settings::*member;
};
struct WholeSetting {
    std::size_t Settings::*member;
    std::uint64_t min;
    std::uint64_t max;
};
struct SecondsSetting {
    double Settings::*member;
    bool zero_allowed{false};
};

struct Setting {
    using Kind =
        std::variant<AddressSetting, ChoiceSetting, TextsSetting, WholeSetting, SecondsSetting>;

    std::string_view name;     ///< without the dashes
    std::string_view meaning;  ///< for --help
    Kind kind;
    std::string_view unit{};             ///< for --help
    std::string_view default_meaning{};  ///< where the default value says nothing to people

    bool repeatable() const noexcept { return std::holds_alternative<TextsSetting>(kind); }
    std::string flag() const { return "--" + std::string{name}; }
};

std::span<Setting const> all_settings() noexcept;

/// Puts `values` (one, or several of a repeatable setting) into `settings`. `origin` says where
/// they come from, as in "the command line".
std::optional<SettingError> apply(Setting const& setting, std::span<std::string const> values,
                                  std::string_view origin, Settings& settings);

/// What a value has to be, as in "a whole number from 1 to 1024".
std::string wanted_text(Setting const& setting);
/// The default value for people.
std::string default_text(Setting const& setting);

}  // namespace tickcast
