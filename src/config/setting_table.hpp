// All settings in one table: the meaning of each name, its unit, its range, and the member that its
// value goes to. Flags, environment variables, file keys, --help, the README's table and errors are
// made from it. Read-only and static; used at start-up and on SIGHUP alone.
#pragma once

#include "given.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/config/setting_error.hpp"
#include "tickcast/config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tickcast {

struct AddressSetting {
    std::string Settings::* member;
};
struct ChoiceSetting {
    std::string Settings::* member;
    std::span<std::string_view const> choices;
};
/// A file or directory. Only its form is checked here: an overridden value may name a path that
/// does not exist.
struct PathSetting {
    std::string Settings::* member;
};
/// Repeatable; the values given replace the default.
struct TextsSetting {
    std::vector<std::string> Settings::* member;
};
/// Repeatable; origins as browsers write them in `Origin`, kept in lower case.
struct OriginsSetting {
    std::vector<std::string> Settings::* member;
};
struct WholeSetting {
    std::size_t Settings::* member;
    std::uint64_t min;
    std::uint64_t max;
};
struct SecondsSetting {
    double Settings::* member;
    bool may_be_zero{false};
};
struct BoolSetting {
    bool Settings::* member;
};

struct Setting {
    using Kind = std::variant<AddressSetting, ChoiceSetting, PathSetting, TextsSetting,
                              OriginsSetting, WholeSetting, SecondsSetting, BoolSetting>;

    std::string_view name;     ///< without the dashes
    std::string_view meaning;  ///< for --help
    Kind kind;
    std::string_view unit{};             ///< for --help
    std::string_view default_meaning{};  ///< where the default value alone means nothing to people

    bool repeatable() const noexcept {
        return std::holds_alternative<TextsSetting>(kind) ||
               std::holds_alternative<OriginsSetting>(kind);
    }
    bool is_bool() const noexcept { return std::holds_alternative<BoolSetting>(kind); }
    std::string flag() const { return "--" + std::string{name}; }
    /// TICKCAST_MAX_SESSIONS
    std::string variable() const;
};

std::span<Setting const> all_settings() noexcept;
/// The setting's index in the table.
std::optional<std::size_t> find_setting(std::string_view name) noexcept;

/// Sets `values` (one, or several of a repeatable setting) in `settings`.
Result<void, SettingError> apply(Setting const& setting, std::span<GivenValue const> values,
                                 Settings& settings);

/// What a value must be, as in "a whole number from 1 to 1024".
std::string wanted_text(Setting const& setting);
/// The unit for people, or what a value must be.
std::string unit_text(Setting const& setting);
/// The default value for people.
std::string default_text(Setting const& setting);
/// The value in `settings`; the values of a repeatable setting are separated by blanks.
std::string value_text(Setting const& setting, Settings const& settings);

/// "15", "0.25"
std::string number_text(double number);

}  // namespace tickcast
