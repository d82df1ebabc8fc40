// Helpers that load settings from given flags, variables and files.
#pragma once

#include "support/scratch_directory.hpp"
#include "tickcast/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

namespace tickcast {

using LoadResult = std::variant<LoadedSettings, HelpText, SettingError>;

/// `variables` are NAME=VALUE texts: the whole environment.
inline LoadResult load_from(std::vector<std::string> const& flags,
                            std::vector<std::string> const& variables) {
    std::vector<char const*> argv{"tickcast"};
    for (auto const& flag : flags)
        argv.push_back(flag.c_str());
    std::vector<char const*> environment;
    for (auto const& variable : variables)
        environment.push_back(variable.c_str());
    environment.push_back(nullptr);
    return load_settings(static_cast<int>(argv.size()), argv.data(), environment.data());
}

inline LoadedSettings settings_of(LoadResult result) {
    if (auto const* error = std::get_if<SettingError>(&result)) ADD_FAILURE() << error->line;
    auto* loaded = std::get_if<LoadedSettings>(&result);
    return loaded != nullptr ? std::move(*loaded) : LoadedSettings{};
}

/// The error's line; empty if there was none.
inline std::string line_of(LoadResult const& result) {
    auto const* error = std::get_if<SettingError>(&result);
    if (error == nullptr) return {};
    EXPECT_EQ(error->line.find('\n'), std::string::npos) << error->line;
    EXPECT_FALSE(error->line.empty());
    return error->line;
}

/// A directory that is removed with the test.
class WithFiles : public testing::Test {
protected:
    std::string write(std::string const& text) const {
        std::ofstream{path(), std::ios::binary} << text;
        return path();
    }
    std::string path() const { return (directory_.path() / "settings.toml").string(); }

    test::ScratchDirectory directory_;
};

}  // namespace tickcast
