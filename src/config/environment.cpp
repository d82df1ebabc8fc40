#include "environment.hpp"

#include "kubernetes.hpp"
#include "setting_table.hpp"

#include <cstddef>
#include <string_view>
#include <unordered_map>

namespace tickcast {
namespace {

std::vector<std::string> words(std::string_view text) {
    constexpr std::string_view kWhite = " \t\n\v\f\r";
    std::vector<std::string> found;
    for (auto begin = text.find_first_not_of(kWhite); begin != std::string_view::npos;) {
        auto const end = std::min(text.find_first_of(kWhite, begin), text.size());
        found.emplace_back(text.substr(begin, end - begin));
        begin = text.find_first_not_of(kWhite, end);
    }
    return found;
}

std::vector<GivenValue> values(Setting const& setting, std::string_view text) {
    std::vector<GivenValue> given;
    auto const source = "environment variable " + setting.variable();
    if (setting.repeatable()) {
        for (auto& word : words(text))
            given.push_back({std::move(word), source});
    } else if (!text.empty()) {
        given.push_back({std::string{text}, source});
    }
    return given;
}

}  // namespace

GivenByEnvironment read_environment(char const* const* environment) {
    auto const settings = all_settings();
    std::unordered_map<std::string, std::size_t> by_variable;
    for (std::size_t i = 0; i < settings.size(); ++i)
        by_variable.emplace(settings[i].variable(), i);

    GivenByEnvironment result{Given{settings.size()}, {}};
    for (; *environment != nullptr; ++environment) {
        std::string_view const entry{*environment};
        if (!entry.starts_with("TICKCAST_")) continue;
        auto const equals = entry.find('=');
        if (equals == std::string_view::npos) continue;  // not NAME=VALUE: no variable
        std::string name{entry.substr(0, equals)};
        auto const value = entry.substr(equals + 1);
        auto const found = by_variable.find(name);
        if (found != by_variable.end()) {
            result.given[found->second] = values(settings[found->second], value);
        } else if (!is_of_kubernetes(name, value)) {
            result.unknown.push_back(std::move(name));
        }
    }
    return result;
}

}  // namespace tickcast
