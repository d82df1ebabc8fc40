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

using LoadResult = Result<Command, SettingError>;

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
    if (!result) {
        ADD_FAILURE() << result.error().line;
        return {};
    }
    auto* loaded = std::get_if<LoadedSettings>(&*result);
    return loaded != nullptr ? std::move(*loaded) : LoadedSettings{};
}

/// The error's line; empty if there was none.
inline std::string line_of(LoadResult const& result) {
    if (result) return {};
    auto const& line = result.error().line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_FALSE(line.empty());
    return line;
}

/// The text of --help or --version; empty if none was asked for.
inline std::string help_of(LoadResult const& result) {
    auto const* help = result ? std::get_if<HelpText>(&*result) : nullptr;
    return help != nullptr ? help->text : "";
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
