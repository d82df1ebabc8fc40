// All settings of the generator in one table: name, member, bounds and help. Pure.
#pragma once

#include "generator/settings.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tickcast::load {

struct SettingEntry {
    using Member = std::variant<double Settings::*, std::size_t Settings::*,
                                std::string Settings::*, bool Settings::*>;
    char const* name;
    Member member;
    double least;
    double most;
    char const* help;
};

std::vector<SettingEntry> const& setting_table();

/// Throws SettingError that names setting, value and `origin`.
void apply_setting(Settings& settings, SettingEntry const& entry, std::string const& value,
                   std::string const& origin);

std::string value_of(Settings const& settings, SettingEntry const& entry);

/// A scenario's own defaults; throws SettingError for an unknown scenario.
Settings scenario_defaults(std::string_view scenario, std::string const& origin);

}  // namespace tickcast::load
